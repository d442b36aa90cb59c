// Mixtures of normal densities on a line.

import { normalDensity } from "./gaussian.js";

/** @typedef {{ weight: ArrayLike<number>, mean: ArrayLike<number>, sd: ArrayLike<number> }} Mixture */

const MAX_DEVIATIONS = 8; // from its mean, where a Gaussian counts
const MAX_Z = 6; // of the normal distribution
const CELL_COUNT = 2400;

/** Return the density of a mixture at each x.
 * @param {ArrayLike<number>} x @param {Mixture} mixture */
export function mixtureDensity(x, { weight, mean, sd }) {
  const density = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++)
    for (let k = 0; k < mean.length; k++)
      if (Math.abs(x[i] - mean[k]) < MAX_DEVIATIONS * sd[k]) density[i] += weight[k] * normalDensity(x[i], mean[k], sd[k]);
  return density;
}

/** Return the midpoints of equal cells between ±MAX_Z, with the probability of each under N(0, 1).
 * @param {number} count @returns {{ z: Float64Array, weight: Float64Array }} */
export function normalCells(count) {
  const z = Float64Array.from({ length: count }, (_, i) => MAX_Z * ((2 * i + 1) / count - 1));
  return { z, weight: z.map((value) => (normalDensity(value) * 2 * MAX_Z) / count) };
}

/** Return the medians of count equally likely ranges of N(0, 1).
 * @param {number} count */
export function equallyLikelyPoints(count) {
  const { z, weight } = normalCells(CELL_COUNT), points = new Float64Array(count), half = MAX_Z / CELL_COUNT;
  let below = 0, cell = 0;
  for (let k = 0; k < count; k++) {
    const share = (k + 0.5) / count;
    while (cell < CELL_COUNT - 1 && below + weight[cell] < share) below += weight[cell++];
    points[k] = z[cell] - half + (2 * half * (share - below)) / weight[cell];
  }
  return points;
}

/** Return the value at a position of values at equal distances from low to high, by linear interpolation.
 * @param {ArrayLike<number>} values @param {number} low @param {number} high @param {number} position */
export function interpolateValues(values, low, high, position) {
  const last = values.length - 1, at = Math.min(Math.max(((position - low) / (high - low)) * last, 0), last), i = Math.min(Math.floor(at), last - 1);
  return values[i] + (at - i) * (values[i + 1] - values[i]);
}
