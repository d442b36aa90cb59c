// What was measured of a ladder: distortion over rate, and the gaps over the KL weight.

import { formatNumber } from "../../core/format.js";
import { interpolateMeasured } from "../../core/interval.js";

export const PLOT_HEIGHT = 220; // px, of the area of the data

/** Return a KL weight as the pad shows it. */
const formatBeta = (beta) => String(Number(beta.toPrecision(2)));

/** Return a selection of x and y by index. */
const select = (x, y, rows) => ({ x: rows.map((i) => x[i]), y: rows.map((i) => y[i]) });

/** options: { betas, rungs: the indices of the trained ones, rate, distortion: at each, left: { label, distortion } of the model beside or null,
 * unit }. */
export function createRateDistortion({ betas, rungs, rate, distortion, left, unit }) {
  const declaration = {
    title: "Rate–distortion curve",
    description: "Distortion over rate at the KL weights of the ladder, with the present one marked",
    x: { title: `rate, ${unit}` },
    y: { title: `distortion, ${unit}` },
    height: PLOT_HEIGHT,
    legend: "none",
    parts: [
      { kind: "line", name: "curve", label: "", colour: "accent", dash: "solid" },
      { kind: "scatter", name: "trained", radius: 3.5, groups: rungs.map((i) => ({ label: `β ${betas[i]}`, colour: "accent", shape: "circle" })) },
      { kind: "marker", name: "left", colour: "grey" },
      { kind: "marker", name: "present", colour: "mark", radius: 7 },
    ],
  };
  const values = { curve: { x: rate, y: distortion }, trained: { ...select(rate, distortion, rungs), group: rungs.map((_, k) => k) }, left: left && { y: left.distortion, label: left.label } };
  const show = (interval, beta) => {
    const [x, y] = [rate, distortion].map((measured) => interpolateMeasured(measured, interval)), name = `β ${formatBeta(beta)}`;
    return { values: { present: { x, y, label: name } }, note: `${name}: rate ${formatNumber(x, 1)}, distortion ${formatNumber(y, 1)} ${unit}.` };
  };
  return { declaration, values, show };
}

/** options: { betas, rungs, gap, prior_gap: { shares: in percent at each β or null, intervals: [low, high] of each rung or null, texts: of each rung },
 * left: { label, share, low, high } of the model beside or null, top: of the axis }. */
export function createGap({ betas, rungs, gap, prior_gap: priorGap, left, top }) {
  const ends = [betas[0], betas.at(-1)], curves = { gap, prior: priorGap };
  const declaration = {
    title: "Gap and KL weight",
    description: "Shares of samples in gaps over the KL weight, with 95% intervals at the trained ones and the present one marked",
    x: { title: "KL weight β", scale: "log", domain: ends },
    y: { title: "samples in gaps, %", domain: [0, top] },
    height: PLOT_HEIGHT,
    legend: "direct",
    parts: [
      { kind: "area", name: "leftInterval", label: "", colour: "grey", opacity: 0.2 },
      { kind: "marker", name: "left", colour: "grey" },
      ...[["gap", "gap", "accent", "solid"], ["prior", "prior gap", "grey", "dashed"]].flatMap(([name, label, colour, dash]) => [
        { kind: "line", name, label, colour, dash },
        { kind: "line", name: `${name}Intervals`, label: "", colour, dash: "solid", width: 1.5 },
        { kind: "scatter", name: `${name}Trained`, label: "", colour, shape: "circle", radius: 3 },
      ]),
      { kind: "marker", name: "present", colour: "mark", radius: 7 },
    ],
  };
  const values = { leftInterval: left && { x: ends, low: [left.low, left.low], high: [left.high, left.high] }, left: left && { y: left.share, label: left.label } };
  for (const [name, { shares, intervals }] of Object.entries(curves)) {
    values[name] = { x: betas, y: shares };
    values[`${name}Trained`] = select(betas, shares, rungs);
    values[`${name}Intervals`] = joinSegments(rungs.map((i, k) => [betas[i], intervals[k]]));
  }
  const show = (interval, beta) => {
    const share = interpolateMeasured(gap.shares, interval), position = interval[0] + interval[1], nearest = rungs.reduce((a, b, k) => (Math.abs(b - position) < Math.abs(rungs[a] - position) ? k : a), 0);
    return {
      values: { present: share === null ? null : { x: beta, y: share, label: `β ${formatBeta(beta)}` } },
      note: `Nearest trained β, ${betas[rungs[nearest]]}: gap ${gap.texts[nearest]}, prior gap ${priorGap.texts[nearest]}.`,
    };
  };
  return { declaration, values, show };
}

/** Return the vertical lines from low to high at x, [[x, [low, high] or null]], as one line with gaps. */
export function joinSegments(segments) {
  const known = segments.filter(([, ends]) => ends);
  return { x: known.flatMap(([x]) => [x, x, null]), y: known.flatMap(([, ends]) => [...ends, null]) };
}
