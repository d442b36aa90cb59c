// A linear decoder of one latent number, in the plane: z ~ N(0, 1), x ~ N(w z, σ² I). The steps of expectation maximisation for points with
// mean 0 (Tipping and Bishop, 1999, appendix B), and the terms of the bound, as means over the points.

/** @typedef {{ w: number[], sigma: number }} LinearDecoder */
/** @typedef {{ means: number[], sd: number }} PointPosteriors: q(z) = N(means[i], sd²) of each point */

/** @param {number[]} a @param {number[]} b */
const dot = (a, b) => a[0] * b[0] + a[1] * b[1];

/** @param {number[][]} points @param {(x: number[], i: number) => number} f */
const meanOver = (points, f) => points.reduce((sum, x, i) => sum + f(x, i), 0) / points.length;

/** Return the true posteriors p(z|x) of points [n, 2]: the E step.
 * @param {number[][]} points @param {LinearDecoder} decoder @returns {PointPosteriors} */
export function findPosteriors(points, { w, sigma }) {
  const precision = dot(w, w) + sigma ** 2;
  return { means: points.map((x) => dot(w, x) / precision), sd: sigma / Math.sqrt(precision) };
}

/** Return the decoder with the highest bound for these posteriors: the M step.
 * @param {number[][]} points @param {PointPosteriors} posteriors @returns {LinearDecoder} */
export function findDecoder(points, { means, sd }) {
  const second = meanOver(points, (_, i) => means[i] ** 2) + sd ** 2;
  const w = [0, 1].map((k) => meanOver(points, (x, i) => x[k] * means[i]) / second);
  return { w, sigma: Math.sqrt(meanOver(points, (x, i) => expectedSquare(x, w, means[i], sd)) / 2) };
}

/** Return E |x - w z|² over z ~ N(mean, sd²).
 * @param {number[]} x @param {number[]} w @param {number} mean @param {number} sd */
function expectedSquare(x, w, mean, sd) {
  return (x[0] - w[0] * mean) ** 2 + (x[1] - w[1] * mean) ** 2 + dot(w, w) * sd ** 2;
}

/** Return log p(x), the bound, and KL(q‖p(z|x)), in nats, means over the points; each is computed by itself.
 * @param {number[][]} points @param {LinearDecoder} decoder @param {PointPosteriors} posteriors */
export function linearBoundTerms(points, decoder, { means, sd }) {
  const { w, sigma } = decoder, noise = sigma ** 2, all = noise + dot(w, w), best = findPosteriors(points, decoder);
  const logConstant = Math.log(2 * Math.PI), logRatio = Math.log(best.sd / sd);
  return {
    evidence: meanOver(points, (x) => -logConstant - Math.log(noise * all) / 2 - (dot(x, x) - dot(w, x) ** 2 / all) / (2 * noise)),
    bound: meanOver(points, (x, i) => -logConstant - Math.log(noise) - expectedSquare(x, w, means[i], sd) / (2 * noise) - (means[i] ** 2 + sd ** 2 - 1) / 2 + Math.log(sd)),
    gap: meanOver(points, (_, i) => logRatio + (sd ** 2 + (means[i] - best.means[i]) ** 2) / (2 * best.sd ** 2) - 0.5),
  };
}

/** Return the highest mean log p(x) of points [n, 2] that such a decoder can have: that of the Gaussian with their covariance.
 * @param {number[][]} points */
export function highestEvidence(points) {
  const [a, b, c] = [[0, 0], [0, 1], [1, 1]].map(([j, k]) => meanOver(points, (x) => x[j] * x[k]));
  return -Math.log(2 * Math.PI) - Math.log(a * c - b * b) / 2 - 1;
}
