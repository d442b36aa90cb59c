// Importance-weighted estimates of log p(x) from draws of a Gaussian q, and the Gaussian with the highest bound.

import { ascend } from "./evidence.js";

/** @typedef {import("./evidence.js").Evidence} Evidence */
/** @typedef {import("./evidence.js").Q} Q */

const START_RATE = 0.02; // of an ascent
const START_LOG_SD = -1.6; // of a Gaussian at a mode, before the ascent
const TRIAL_STEPS = 20; // from each start
const LAST_STEPS = 100; // from the best of their ends
const MAX_MODES = 4; // from which an ascent begins: the highest ones

/** Return log p(x|z) at any z by cubic convolution of the cells of a grid (Keys, 1981), which take the values at the edge beyond it.
 * @param {Evidence} evidence @param {number} z0 @param {number} z1 */
export function interpolateLikelihood({ logLikelihood, n, step, axis }, z0, z1) {
  const u = (z0 - axis[0]) / step, v = (z1 - axis[0]) / step, i = Math.floor(u), j = Math.floor(v);
  const across = cubicWeights(v - j), down = cubicWeights(u - i);
  let sum = 0;
  for (let a = 0; a < 4; a++) {
    const row = Math.min(Math.max(i + a - 1, 0), n - 1) * n;
    let inRow = 0;
    for (let b = 0; b < 4; b++) inRow += across[b] * logLikelihood[row + Math.min(Math.max(j + b - 1, 0), n - 1)];
    sum += down[a] * inRow;
  }
  return sum;
}

/** @param {number} t from the second of four cells to the third, 0 to 1 */
const cubicWeights = (t) => [((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2, (t - 1) * t * t / 2];

/** Return the weights p(x|z) p(z) / q(z) of draws z = μ + σ·ε of q, as multiples of p(x): their expectation is 1.
 * @param {Evidence} evidence @param {Q} q @param {ArrayLike<number>} noise standard normal ε, [n * 2] */
export function importanceWeights(evidence, [mu0, mu1, s0, s1], noise) {
  const weights = new Float64Array(noise.length / 2), sd0 = Math.exp(s0), sd1 = Math.exp(s1), { logEvidence } = evidence;
  for (let i = 0; i < weights.length; i++) {
    const e0 = noise[2 * i], e1 = noise[2 * i + 1], z0 = mu0 + sd0 * e0, z1 = mu1 + sd1 * e1;
    const logRatio = (e0 * e0 + e1 * e1 - z0 * z0 - z1 * z1) / 2 + s0 + s1; // log p(z) - log q(z)
    weights[i] = Math.exp(interpolateLikelihood(evidence, z0, z1) + logRatio - logEvidence);
  }
  return weights;
}

/** Return the sums of the first 1, 2, … weights of each row of weights [rows, length].
 * @param {Float64Array} weights @param {number} length */
export function accumulateRows(weights, length) {
  const sums = weights.slice();
  for (let i = 0; i < sums.length; i++) if (i % length) sums[i] += sums[i - 1];
  return sums;
}

/** Return an estimate of log p(x) for each row, minus log p(x): the logarithm of the mean of the first k weights (Burda, Grosse and
 * Salakhutdinov, ICLR 2016, equation 8). sums: of accumulateRows(). An estimate goes on as k grows.
 * @param {Float64Array} sums @param {number} length @param {number} k */
export function estimateFromRows(sums, length, k) {
  return Float64Array.from({ length: sums.length / length }, (_, row) => Math.log(sums[row * length + k - 1] / k));
}

/** Return the estimates from as many separate groups of k weights as there are, minus log p(x).
 * @param {Float64Array} weights @param {number} k */
export function estimateFromGroups(weights, k) {
  const estimates = new Float64Array(Math.floor(weights.length / k));
  for (let group = 0, i = 0; group < estimates.length; group++) {
    let sum = 0;
    for (const end = i + k; i < end; i++) sum += weights[i];
    estimates[group] = Math.log(sum / k);
  }
  return estimates;
}

/** Return the modes of the true posterior on its grid, [z₀, z₁], the highest first.
 * @param {Evidence} evidence @returns {[number, number][]} */
export function findModes({ logPosterior, n, axis }) {
  const steps = [-n - 1, -n, -n + 1, -1, 1, n - 1, n, n + 1], modes = [];
  for (let i = 1; i < n - 1; i++)
    for (let k = i * n + 1; k < (i + 1) * n - 1; k++) if (steps.every((step) => logPosterior[k] > logPosterior[k + step])) modes.push(k);
  modes.sort((a, b) => logPosterior[b] - logPosterior[a]);
  return modes.map((k) => [axis[Math.floor(k / n)], axis[k % n]]);
}

/** Return the Gaussian q with the highest bound that gradient ascents find: one from a start and one from each of the highest modes of the
 * true posterior, of which the highest one is continued.
 * @param {Evidence} evidence @param {Q} start @param {[number, number][]} limits of each number of q */
export function findBestGaussian(evidence, start, limits) {
  const starts = [start, ...findModes(evidence).slice(0, MAX_MODES).map((mode) => [...mode, START_LOG_SD, START_LOG_SD])];
  const ends = starts.map((q) => climb(evidence, q, limits, TRIAL_STEPS)), bounds = ends.map((q) => evidence.terms(q).bound);
  return climb(evidence, ends[bounds.indexOf(Math.max(...bounds))], limits, LAST_STEPS);
}

/** @param {Evidence} evidence @param {Q} q @param {[number, number][]} limits @param {number} steps */
function climb(evidence, q, limits, steps) {
  for (let step = 0, rate = START_RATE; step < steps; step++) ({ q, rate } = ascend(evidence, q, rate, limits));
  return q;
}
