// Gaussian posteriors in a plane, and a true posterior on a grid.

import { normalDensity } from "./gaussian.js";

/** @typedef {{ mu: ArrayLike<number>, sigma: ArrayLike<number> }} Gaussian: with independent dimensions z₀ and z₁ */

const MAX_OVERLAP_DEVIATIONS = 5; // standard deviations of a Gaussian, where it counts
const OVERLAP_CELLS = 80; // along each side, of an overlap

/** Return the density of a Gaussian at z as a share of its highest; a Gaussian without width is a point.
 * @param {ArrayLike<number>} z @param {Gaussian} gaussian */
export function relativeDensity(z, { mu, sigma }) {
  const distances = [0, 1].map((i) => (z[i] === mu[i] ? 0 : Math.abs(z[i] - mu[i]) / sigma[i]));
  return Math.exp(-(distances[0] ** 2 + distances[1] ** 2) / 2);
}

/** Return the overlap of two Gaussians, the integral of the smaller density, by the midpoint rule where both count.
 * @param {Gaussian} a @param {Gaussian} b */
export function overlapShare(a, b) {
  const sides = [0, 1].map((i) => {
    const low = Math.max(a.mu[i] - MAX_OVERLAP_DEVIATIONS * a.sigma[i], b.mu[i] - MAX_OVERLAP_DEVIATIONS * b.sigma[i]), high = Math.min(a.mu[i] + MAX_OVERLAP_DEVIATIONS * a.sigma[i], b.mu[i] + MAX_OVERLAP_DEVIATIONS * b.sigma[i]);
    const step = (high - low) / OVERLAP_CELLS, positions = Float64Array.from({ length: OVERLAP_CELLS }, (_, k) => low + (k + 0.5) * step);
    return { step, densities: [a, b].map(({ mu, sigma }) => positions.map((z) => normalDensity(z, mu[i], sigma[i]))) };
  });
  if (!sides.every(({ step }) => step > 0)) return 0;
  const [{ densities: [a0, b0] }, { densities: [a1, b1] }] = sides;
  let sum = 0;
  for (let i = 0; i < OVERLAP_CELLS; i++) for (let k = 0; k < OVERLAP_CELLS; k++) sum += Math.min(a0[i] * a1[k], b0[i] * b1[k]);
  return sum * sides[0].step * sides[1].step;
}

/** Return the posterior p(z|x) of an image of this light, from log p(x, z) = light · linear + constant at the cells of a grid, the first row
 * lowest: its mean, its standard deviations, and its density in each cell as a share of the highest.
 * @param {ArrayLike<number>} linear @param {ArrayLike<number>} constant @param {number[]} shape of rows and columns
 * @param {number[]} bounds x0, y0, x1, y1 @param {number} light */
export function dimmedPosterior(linear, constant, [rows, columns], [x0, y0, x1, y1], light) {
  const density = new Float64Array(rows * columns);
  let highest = -Infinity;
  for (let i = 0; i < density.length; i++) highest = Math.max(highest, (density[i] = light * linear[i] + constant[i]));
  const sums = { all: 0, x: 0, y: 0, xx: 0, yy: 0 };
  for (let row = 0, i = 0; row < rows; row++) {
    const y = y0 + ((row + 0.5) / rows) * (y1 - y0);
    for (let column = 0; column < columns; column++, i++) {
      const x = x0 + ((column + 0.5) / columns) * (x1 - x0), weight = (density[i] = Math.exp(density[i] - highest));
      sums.all += weight;
      sums.x += weight * x;
      sums.y += weight * y;
      sums.xx += weight * x * x;
      sums.yy += weight * y * y;
    }
  }
  const mu = [sums.x / sums.all, sums.y / sums.all];
  return { mu, sigma: [Math.sqrt(sums.xx / sums.all - mu[0] ** 2), Math.sqrt(sums.yy / sums.all - mu[1] ** 2)], density };
}

/** Return the part of a grid of values that a window shows, with its shape and bounds; null if it shows none.
 * @param {Float64Array} values @param {number[]} shape of rows and columns @param {number[]} bounds x0, y0, x1, y1 @param {number[]} window */
export function cropGrid(values, [rows, columns], [x0, y0, x1, y1], window) {
  const width = (x1 - x0) / columns, height = (y1 - y0) / rows, clamp = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(Math.max(value, 0), most);
  const [left, right] = [clamp(Math.floor((window[0] - x0) / width), columns), clamp(Math.ceil((window[2] - x0) / width), columns)];
  const [bottom, top] = [clamp(Math.floor((window[1] - y0) / height), rows), clamp(Math.ceil((window[3] - y0) / height), rows)];
  if (left >= right || bottom >= top) return null;
  const part = new Float64Array((right - left) * (top - bottom));
  for (let row = bottom; row < top; row++) part.set(values.subarray(row * columns + left, row * columns + right), (row - bottom) * (right - left));
  return { values: part, shape: [top - bottom, right - left], bounds: [x0 + left * width, y0 + bottom * height, x0 + right * width, y0 + top * height] };
}
