// The plane of the first two principal components of codes, and small symmetric matrices.

const MAX_SWEEPS = 30; // of Jacobi's method, which needs less than ten
const PRECISION = 1e-12; // of the part beside the diagonal that is left, of the diagonal

/** @typedef {number[][]} Matrix */

/** Return the mean [D] and the covariance [D, D] of codes mu [n, D].
 * @param {Float32Array} mu @param {number} n @param {number} D */
export function covarianceOf(mu, n, D) {
  const mean = new Array(D).fill(0);
  for (let i = 0; i < n * D; i++) mean[i % D] += mu[i] / n;
  /** @type {Matrix} */
  const covariance = mean.map(() => new Array(D).fill(0));
  for (let i = 0; i < n; i++)
    for (let a = 0; a < D; a++)
      for (let b = 0; b <= a; b++) covariance[a][b] += ((mu[i * D + a] - mean[a]) * (mu[i * D + b] - mean[b])) / n;
  for (let a = 0; a < D; a++) for (let b = 0; b < a; b++) covariance[b][a] = covariance[a][b];
  return { mean, covariance };
}

/** Return { values, vectors: rows } of a symmetric matrix, the largest value first, by Jacobi's method (1846).
 * @param {Matrix} matrix */
export function eigenOf(matrix) {
  const A = matrix.map((row) => [...row]), n = A.length, V = A.map((_, i) => A.map((_, j) => Number(i === j)));
  const scale = A.reduce((sum, row, i) => sum + Math.abs(row[i]), 0);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rest = 0;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        rest += Math.abs(A[p][q]);
        if (A[p][q]) rotate(A, V, p, q);
      }
    if (!(rest > PRECISION * scale)) break;
  }
  const order = A.map((row, i) => ({ value: row[i], vector: V[i] })).sort((a, b) => b.value - a.value);
  return { values: order.map(({ value }) => value), vectors: order.map(({ vector }) => vector) };
}

/** Rotate the axes p and q so that their covariance becomes 0.
 * @param {Matrix} A @param {Matrix} V @param {number} p @param {number} q */
function rotate(A, V, p, q) {
  const angle = 0.5 * Math.atan2(2 * A[p][q], A[p][p] - A[q][q]), c = Math.cos(angle), s = Math.sin(angle);
  const rotateRows = (/** @type {number[]} */ x, /** @type {number[]} */ y) => {
    for (let k = 0; k < x.length; k++) [x[k], y[k]] = [c * x[k] + s * y[k], c * y[k] - s * x[k]];
  };
  rotateRows(A[p], A[q]);
  for (const row of A) [row[p], row[q]] = [c * row[p] + s * row[q], c * row[q] - s * row[p]];
  rotateRows(V[p], V[q]);
}

/** Return the orthonormal axes [2, D] of the first two principal components, and the share of the variance that lies in their plane.
 * @param {Matrix} covariance */
export function findPrincipalPlane(covariance) {
  const { values, vectors } = eigenOf(covariance), total = values.reduce((a, b) => a + b, 0);
  return { axes: vectors.slice(0, 2), share: total > 0 ? (values[0] + values[1]) / total : 1 };
}

/** Return axes [2, D] rotated, or mirrored, in their plane so that they come nearest to the previous ones: the orthogonal Procrustes
 * problem (Schönemann, 1966) in two dimensions.
 * @param {Matrix} axes @param {Matrix} previous */
export function alignAxes(axes, previous) {
  const dot = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const [[a, b], [c, d]] = previous.map((old) => axes.map((axis) => dot(old, axis)));
  const isMirrored = a * d - b * c < 0, [x, y] = isMirrored ? [a - d, b + c] : [a + d, c - b], length = Math.hypot(x, y);
  if (!length) return axes;
  const [cos, sin] = [x / length, y / length], rotated = isMirrored ? [[cos, sin], [sin, -cos]] : [[cos, -sin], [sin, cos]];
  return rotated.map(([u, v]) => axes[0].map((_, i) => u * axes[0][i] + v * axes[1][i]));
}

/** Return the symmetric B with B B = a symmetric matrix without negative values.
 * @param {Matrix} matrix @returns {Matrix} */
export const rootOfSymmetric = (matrix) => mapValues(matrix, (value) => Math.sqrt(Math.max(value, 0)));

/** Return the inverse of a symmetric matrix; 0 along directions in which it is 0 (Moore and Penrose).
 * @param {Matrix} matrix @returns {Matrix} */
export function invertSymmetric(matrix) {
  const largest = Math.max(...matrix.flat().map(Math.abs));
  return mapValues(matrix, (value) => (Math.abs(value) > PRECISION * largest ? 1 / value : 0));
}

/** @param {Matrix} matrix @param {(value: number) => number} f @returns {Matrix} */
function mapValues(matrix, f) {
  const { values, vectors } = eigenOf(matrix);
  return matrix.map((_, i) => matrix.map((_, j) => vectors.reduce((sum, v, k) => sum + f(values[k]) * v[i] * v[j], 0)));
}
