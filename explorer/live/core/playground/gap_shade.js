// The shade of gaps between the codes of a model that a browser has trained, in one or two dimensions, as explorer/latent/gap_map.py
// defines it; its random numbers are those of the trainer.

import { sampleNormal, seedUniform } from "../random.js";
import { covarianceOf, invertSymmetric, rootOfSymmetric } from "./principal_plane.js";

const K_NEIGHBOURS = 5;
const GRID_SIZE = 96; // cells along an axis
const GRID_REACH_SIGMA = 3.3; // standard deviations of the codes' Gaussian
const GAP_THRESHOLD = 128;
const SHADE_PER_DOUBLING = 32; // of the distance to the nearest code
const JITTER_HALF_HEIGHT = 2; // of the map of one dimension
const SMALLEST = 1e-12; // distance
const MIN_VARIANCE = 1e-10; // of codes that are not one point
const MIN_RELATIVE_VARIANCE = 1e-10; // of codes that fill a plane: the smallest variance along an axis, of the largest

/** @typedef {{ bounds: Float32Array, shade: Uint8Array, rows: number, columns: number }} GapShade shade [rows, columns] in bounds x0, y0, x1, y1 */

/** Return the shade of the gaps of one posterior sample of each image; null in more than two dimensions, of too few codes, and of codes that do
 * not fill the map.
 * @param {Float32Array} mu [n, D] @param {Float32Array | null} logvar @param {number} D @returns {GapShade | null} */
export function findGaps(mu, logvar, D) {
  if (D > 2 || mu.length <= K_NEIGHBOURS * D) return null;
  const uniform = seedUniform(0), noise = sampleNormal(mu.length, uniform), draws = Float32Array.from(sampleNormal(mu.length, uniform));
  return shadeGaps(mu.map((value, i) => value + (logvar ? Math.exp(logvar[i] / 2) * noise[i] : 0)), draws, D);
}

/** Return the shade of the gaps of codes [n, D], compared with as many standard normal draws.
 * @param {Float32Array} codes @param {Float32Array} draws @param {number} D @returns {GapShade | null} */
export function shadeGaps(codes, draws, D) {
  const { mean, covariance } = covarianceOf(codes, codes.length / D, D), root = rootOfSymmetric(covariance), inverse = invertSymmetric(root);
  const [smallest, largest] = eigenvaluesOf(covariance, D);
  if (!(largest > MIN_VARIANCE && smallest > MIN_RELATIVE_VARIANCE * largest)) return null;
  const whiten = (/** @type {number[]} */ z) => inverse.map((row) => row.reduce((sum, value, i) => sum + value * (z[i] - mean[i]), 0));
  const whitened = new Float32Array(codes.length), rows = D > 1 ? GRID_SIZE : 1, shade = new Uint8Array(rows * GRID_SIZE);
  for (let i = 0; i < codes.length; i += D) whitened.set(whiten(Array.from(codes.subarray(i, i + D))), i);
  const reach = root.map((row) => GRID_REACH_SIGMA * Math.hypot(...row)), middleOf = (/** @type {number} */ axis, /** @type {number} */ cell) => mean[axis] + reach[axis] * ((2 * cell + 1) / GRID_SIZE - 1);
  for (let cell = 0; cell < shade.length; cell++) {
    const place = whiten([cell % GRID_SIZE, Math.floor(cell / GRID_SIZE)].slice(0, D).map((index, axis) => middleOf(axis, index)));
    if (Math.hypot(...place) > GRID_REACH_SIGMA) continue;
    const ratio = distanceTo(whitened, place, 1) / Math.max(distanceTo(draws, place, K_NEIGHBOURS), SMALLEST);
    shade[cell] = Math.min(Math.max(Math.round(GAP_THRESHOLD + SHADE_PER_DOUBLING * Math.log2(ratio + SMALLEST)), 1), 255);
  }
  const [low, high] = [-1, 1].map((side) => [mean[0] + side * reach[0], D > 1 ? mean[1] + side * reach[1] : side * JITTER_HALF_HEIGHT]);
  return { bounds: Float32Array.from([...low, ...high]), shade, rows, columns: GRID_SIZE };
}

/** Return the smallest and the largest eigenvalue of a covariance of one or two dimensions.
 * @param {number[][]} covariance @param {number} D */
function eigenvaluesOf([[a, b], second], D) {
  if (D === 1) return [a, a];
  const middle = (a + second[1]) / 2, reach = Math.hypot((a - second[1]) / 2, b);
  return [middle - reach, middle + reach];
}

/** Return the distance of a place [D] to the k-th nearest of points [n, D].
 * @param {Float32Array} points @param {number[]} place @param {number} k */
function distanceTo(points, place, k) {
  const D = place.length, nearest = new Float64Array(k).fill(Infinity); // squares, the smallest first
  for (let i = 0; i < points.length; i += D) {
    let square = 0;
    for (let d = 0; d < D; d++) square += (points[i + d] - place[d]) ** 2;
    if (square >= nearest[k - 1]) continue;
    let at = k - 1;
    for (; at > 0 && nearest[at - 1] > square; at--) nearest[at] = nearest[at - 1];
    nearest[at] = square;
  }
  return Math.sqrt(nearest[k - 1]);
}
