// Principal component analysis: an image as its first k scores, and back; and squared errors of pixels.

/** @typedef {ArrayLike<number>} Numbers */

/** Return the scores of pixels x [P] for components [K, P].
 * @param {Numbers} x @param {Numbers} mean @param {Numbers} components */
export function projectOnto(components, mean, x) {
  const n = mean.length;
  return Float64Array.from({ length: components.length / n }, (_, k) => {
    let score = 0;
    for (let i = 0; i < n; i++) score += components[k * n + i] * (x[i] - mean[i]);
    return score;
  });
}

/** Return the pixels of the first k scores, which may lie outside [0, 1].
 * @param {Numbers} components @param {Numbers} mean @param {Numbers} scores @param {number} k */
export function combineComponents(components, mean, scores, k) {
  const pixels = Float64Array.from(mean), n = pixels.length;
  for (let j = 0; j < k; j++) for (let i = 0; i < n; i++) pixels[i] += scores[j] * components[j * n + i];
  return pixels;
}

/** Return the pixels of the first k scores, clipped to [0, 1].
 * @param {Numbers} components @param {Numbers} mean @param {Numbers} scores @param {number} k */
export const reconstructFrom = (components, mean, scores, k) => combineComponents(components, mean, scores, k).map((value) => Math.min(Math.max(value, 0), 1));

/** Return the squared error of each pixel, and their sum.
 * @param {Numbers} x @param {Numbers} reconstruction */
export function squaredErrors(x, reconstruction) {
  const errors = Float64Array.from(x, (value, i) => (value - reconstruction[i]) ** 2);
  return { errors, sum: errors.reduce((a, b) => a + b, 0) };
}
