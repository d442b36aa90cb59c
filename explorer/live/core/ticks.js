// Ticks of an axis: round values, and their text.

import { formatNumber, superscript } from "./format.js";

const MIN_TICKS = 3;
const MAX_TICKS = 10;
const MAX_PLAIN = 1e5; // from here on numbers are written with a power of ten
const MIN_PLAIN = 1e-3;
const ROUNDING = 1e-9; // of a step, against the rounding of floating-point numbers

/** Return the smallest step 1, 2 or 5 times a power of ten that is at least (high - low) / maxSteps.
 * @param {number} low @param {number} high @param {number} maxSteps */
export function findTickStep(low, high, maxSteps) {
  const roughStep = (high - low) / maxSteps, power = Math.floor(Math.log10(roughStep));
  const step = [1, 2, 5].map((multiple) => multipleOfPower(multiple, power)).find((candidate) => candidate >= roughStep * (1 - ROUNDING));
  return step ?? multipleOfPower(1, power + 1);
}

/** Return multiple times a power of ten, correctly rounded.
 * @param {number} multiple @param {number} power */
const multipleOfPower = (multiple, power) => Number(`${multiple}e${power}`);

/** Return between 3 and 10 round values in [low, high], spacing px apart where there is room on an axis of length px.
 * @param {number} low @param {number} high @param {number} length @param {number} spacing */
export function findLinearTicks(low, high, length, spacing) {
  if (!(high > low)) return [low];
  const maxSteps = Math.min(Math.max(Math.floor(length / spacing), MIN_TICKS), MAX_TICKS - 1);
  const ticks = listMultiples(low, high, findTickStep(low, high, maxSteps));
  return ticks.length >= MIN_TICKS ? ticks : listMultiples(low, high, findTickStep(low, high, MAX_TICKS - 1));
}

/** @param {number} low @param {number} high @param {number} step */
function listMultiples(low, high, step) {
  const first = Math.ceil(low / step - ROUNDING), count = Math.floor(high / step + ROUNDING) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => Number(((first + i) * step).toPrecision(12)) + 0);
}

/** Return ticks of a log axis: powers of ten, or 1, 2 and 5 times them, or linear ticks where there are fewer than three of those.
 * @param {number} low @param {number} high @param {number} length @param {number} spacing */
export function findLogTicks(low, high, length, spacing) {
  const maxTicks = Math.min(Math.max(Math.floor(length / spacing) + 1, MIN_TICKS), MAX_TICKS);
  const [firstPower, lastPower] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const list = (/** @type {number[]} */ multiples, /** @type {number} */ every) => {
    const ticks = [];
    for (let power = Math.ceil(firstPower / every) * every; power <= lastPower; power += every)
      ticks.push(...multiples.map((multiple) => multipleOfPower(multiple, power)).filter((tick) => tick >= low * (1 - ROUNDING) && tick <= high * (1 + ROUNDING)));
    return ticks;
  };
  const fine = list([1, 2, 5], 1);
  if (fine.length < MIN_TICKS) return findLinearTicks(low, high, length, spacing);
  if (fine.length <= maxTicks) return fine;
  const powers = list([1], 1);
  if (powers.length < MIN_TICKS) {
    const coarse = list([1, 3], 1);
    return coarse.length >= MIN_TICKS ? coarse : fine;
  }
  const coarse = list([1], Math.ceil(powers.length / maxTicks));
  return coarse.length >= MIN_TICKS ? coarse : powers.filter((_, i) => i % Math.floor((powers.length - 1) / 2) === 0);
}

/** Return the text of each tick: all with the same digits, or with powers of ten.
 * @param {number[]} ticks @param {"linear" | "log"} kind @returns {string[]} */
export function formatTicks(ticks, kind) {
  const largest = Math.max(...ticks.map(Math.abs));
  if (kind === "log") {
    const smallest = Math.min(...ticks);
    return ticks.map((tick) => (smallest < MIN_PLAIN || largest >= MAX_PLAIN ? formatPower(tick) : formatNumber(Number(tick.toPrecision(6)))));
  }
  const step = Math.min(...ticks.slice(1).map((tick, i) => tick - ticks[i]), Infinity);
  const stepPower = Number.isFinite(step) ? Math.floor(Math.log10(step) + ROUNDING) : Math.floor(Math.log10(largest || 1)) - 1;
  if (largest >= MAX_PLAIN || stepPower < -5) {
    const power = Math.floor(Math.log10(largest)), digits = Math.min(Math.max(power - stepPower, 0), 12);
    return ticks.map((tick) => (tick ? `${formatNumber(tick / 10 ** power, digits)}×10${superscript(power)}` : "0"));
  }
  return ticks.map((tick) => formatNumber(tick, Math.max(0, -stepPower)));
}

/** @param {number} value */
function formatPower(value) {
  const power = Math.floor(Math.log10(value) + ROUNDING), multiple = Number((value / 10 ** power).toPrecision(3));
  return `${multiple === 1 ? "" : `${formatNumber(multiple)}×`}10${superscript(power)}`;
}

/** Return a number as text with so many significant digits, an integer with all of its digits; what is not finite is a dash.
 * @param {number} value @param {number} [digits] */
export function formatSignificant(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < MAX_PLAIN) return formatNumber(size && value);
  if (size >= MIN_PLAIN && size < MAX_PLAIN) {
    const power = Math.floor(Math.log10(Number(size.toPrecision(digits))));
    return formatNumber(value, Math.max(0, digits - 1 - power));
  }
  const [multiple, power] = value.toExponential(digits - 1).split("e");
  return `${formatNumber(Number(multiple), digits - 1)}×10${superscript(Number(power))}`;
}
