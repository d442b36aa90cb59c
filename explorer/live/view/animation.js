// Values of a state that move by themselves from where they are to others.

import { prefersReducedMotion } from "./dom.js";

const DURATION_MS = 1400; // of one move
const ease = (share) => share * share * (3 - 2 * share);

/** Return the value at a share of the way between two, of a field. */
function interpolate({ kind, scale }, from, to, share) {
  if (share === 1) return to;
  if (typeof from !== "number" || typeof to !== "number") return from;
  const value = scale === "log" ? from * (to / from) ** share : from + (to - from) * share;
  return kind === "int" ? Math.round(value) : value;
}

/** Move the values of fields to each of targets, one after the other; with reduced motion, at once. show(values) is called once a frame,
 * onEnd() at the end; duration: of each move, in ms. Return a function that stops it. */
export function animateValues(fields, values, targets, show, onEnd, duration = DURATION_MS) {
  const byName = new Map(fields.map((field) => [field.name, field]));
  let isStopped = false, index = 0, start = null, from = values;
  const step = (time) => {
    if (isStopped) return;
    if (index === targets.length) return onEnd();
    start ??= time;
    const target = targets[index], share = prefersReducedMotion() ? 1 : Math.min((time - start) / duration, 1);
    show(Object.fromEntries(Object.entries(target).map(([name, to]) => [name, interpolate(byName.get(name), from[name], to, ease(share))])));
    if (share === 1) [from, index, start] = [{ ...from, ...target }, index + 1, null];
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
  return () => (isStopped = true);
}
