// The best blend of images, and the mean of images weighted by their posteriors. Distances are Euclidean.

const TOLERANCE = 1e-10; // of a slope, below which a weight that is 0 stays 0

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
export function distance(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

/** Solve A x = b for the symmetric positive definite A, given by its lower part, by its Cholesky factor, which replaces it.
 * @param {number[][]} a @param {number[]} b */
function solve(a, b) {
  const x = b.slice();
  for (let i = 0; i < b.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i][j];
      for (let k = 0; k < j; k++) sum -= a[i][k] * a[j][k];
      a[i][j] = i === j ? Math.sqrt(Math.max(sum, 1e-14)) : sum / a[j][j];
    }
    for (let k = 0; k < i; k++) x[i] -= a[i][k] * x[k];
    x[i] /= a[i][i];
  }
  for (let i = b.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < b.length; k++) x[i] -= a[k][i] * x[k];
    x[i] /= a[i][i];
  }
  return x;
}

/**
 * Return the sum of images with weights ≥ 0 that is nearest to an image: { weights [n], image, distance }. Non-negative least squares by
 * active sets (Lawson and Hanson, 1974, chapter 23), on the products of the images.
 * @param {ArrayLike<number>[]} images @param {ArrayLike<number>} target
 */
export function fitBlend(images, target) {
  const n = images.length, dot = (/** @type {ArrayLike<number>} */ a, /** @type {ArrayLike<number>} */ b) => { let sum = 0; for (let i = 0; i < a.length; i++) sum += a[i] * b[i]; return sum; };
  const products = images.map((a, i) => images.slice(0, i + 1).map((b) => dot(a, b))), towards = images.map((a) => dot(a, target));
  const product = (/** @type {number} */ i, /** @type {number} */ j) => (i > j ? products[i][j] : products[j][i]);
  const weights = new Float64Array(n);
  /** @type {number[]} */
  let active = [];
  for (let step = 0; step < 3 * n; step++) {
    let best = -1, steepest = TOLERANCE;
    for (let i = 0; i < n; i++) {
      if (active.includes(i)) continue;
      const slope = towards[i] - active.reduce((sum, j) => sum + product(i, j) * weights[j], 0);
      if (slope > steepest) [best, steepest] = [i, slope];
    }
    if (best < 0) break;
    active.push(best);
    for (;;) {
      const solution = solve(active.map((i, a) => active.slice(0, a + 1).map((j) => product(i, j))), active.map((i) => towards[i]));
      let share = 1;
      active.forEach((i, a) => { if (solution[a] <= 0) share = Math.min(share, weights[i] / (weights[i] - solution[a] || 1)); });
      active.forEach((i, a) => { weights[i] += share * (solution[a] - weights[i]); });
      if (share === 1 && solution.every((value) => value > 0)) break;
      active = active.filter((i) => weights[i] > 1e-12 || ((weights[i] = 0), false));
      if (!active.length) break;
    }
  }
  const image = new Float32Array(target.length);
  for (const i of active) for (let k = 0; k < image.length; k++) image[k] += weights[i] * images[i][k];
  return { weights, image, distance: distance(image, target) };
}

/** Return the mean of images, weighted by their posteriors q(z|x), of mu and logvar [n, D], at z [D].
 * @param {Float32Array} images @param {ArrayLike<number>} mu @param {ArrayLike<number>} logvar @param {ArrayLike<number>} z */
export function posteriorMean(images, mu, logvar, z) {
  const d = z.length, n = mu.length / d, size = images.length / n, logs = new Float64Array(n);
  for (let row = 0, k = 0; row < n; row++) for (let i = 0; i < d; i++, k++) logs[row] -= (logvar[k] + (z[i] - mu[k]) ** 2 / Math.exp(logvar[k])) / 2;
  const largest = logs.reduce((a, b) => Math.max(a, b)), weights = logs.map((log) => Math.exp(log - largest)), sum = weights.reduce((a, b) => a + b);
  const mean = new Float32Array(size);
  for (let row = 0; row < n; row++) {
    const share = weights[row] / sum;
    if (share < 1e-9) continue;
    for (let i = 0; i < size; i++) mean[i] += share * images[row * size + i];
  }
  return mean;
}
