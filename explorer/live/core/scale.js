// A scale of an axis: from data to pixels and back, and the domain that contains given data.

import { findTickStep } from "./ticks.js";

/** @typedef {"linear" | "log"} ScaleKind */
/** @typedef {{ kind: ScaleKind, domain: number[], range: number[], toPixels: (value: number) => number, toData: (pixels: number) => number }} Scale */

const NICE_STEPS = 5; // steps of a domain that is found from the data

/** Return a scale that maps the domain [low, high] onto the range [start, end] (px). What a log scale cannot show is not finite.
 * @param {ScaleKind} kind @param {number[]} domain @param {number[]} range @returns {Scale} */
export function createScale(kind, domain, range) {
  const isLog = kind === "log", [start, end] = range;
  const [low, high] = isLog ? domain.map(Math.log10) : domain, factor = (end - start) / (high - low || 1);
  return {
    kind, domain, range,
    toPixels: isLog ? (value) => start + (Math.log10(value) - low) * factor : (value) => start + (value - low) * factor,
    toData: isLog ? (pixels) => 10 ** (low + (pixels - start) / factor) : (pixels) => low + (pixels - start) / factor,
  };
}

/** Return [lowest, highest] of the numbers that a scale can show; null if there are none.
 * @param {ArrayLike<number>[]} arrays @param {ScaleKind} kind @returns {[number, number] | null} */
export function findExtent(arrays, kind) {
  let low = Infinity, high = -Infinity;
  for (const numbers of arrays)
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i];
      if (!Number.isFinite(value) || (kind === "log" && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? [low, high] : null;
}

/** Return a domain with round ends that contains an extent. Without an extent it is [0, 1], or [1, 10] of a log scale.
 * @param {[number, number] | null} extent @param {ScaleKind} kind @returns {[number, number]} */
export function findRoundDomain(extent, kind) {
  if (kind === "log") {
    const [low, high] = extent ?? [1, 10];
    const [first, last] = [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))];
    return first < last ? [first, last] : [first, 10 * first];
  }
  let [low, high] = extent ?? [0, 1];
  if (low === high) [low, high] = low ? [low - Math.abs(low) / 2, low + Math.abs(low) / 2] : [-1, 1];
  const step = findTickStep(low, high, NICE_STEPS);
  const round = (/** @type {number} */ value) => Number((value * step).toPrecision(12));
  return [round(Math.floor(low / step + 1e-9)), round(Math.ceil(high / step - 1e-9))];
}

/** Return the domains [x, y], one of them extended about its middle, so that a unit has the same length on both axes.
 * @param {number[]} x @param {number[]} y @param {number} width @param {number} height @returns {number[][]} */
export function equalizeUnits(x, y, width, height) {
  const unit = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height); // of data per px
  return [[x, width], [y, height]].map(([domain, length]) => {
    const [low, high] = /** @type {number[]} */ (domain), half = (unit * Number(length)) / 2;
    return [(low + high) / 2 - half, (low + high) / 2 + half];
  });
}
