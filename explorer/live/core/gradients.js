// Gradients of E f(z), z ~ N(mu, sigma²), with respect to mu and sigma: exact, and estimated from noise in two ways.

/** @typedef {"bowl" | "ripples"} LossName */
/** @typedef {{ mu: number, sigma: number }} Gradient */
/** @typedef {{ mu: Float64Array, sigma: Float64Array }} Estimates: one of each batch */

const FREQUENCY = 4; // of the ripples, radians per unit of z

/** The losses f(z), which stand for that of a decoder, with their slopes and exact gradients.
 * @type {Record<LossName, { value: (z: number) => number, slope: (z: number) => number, exact: (mu: number, sigma: number) => Gradient }>} */
export const LOSSES = {
  bowl: {
    value: (z) => (z - 1) ** 2,
    slope: (z) => 2 * (z - 1),
    exact: (mu, sigma) => ({ mu: 2 * (mu - 1), sigma: 2 * sigma }), // of (mu − 1)² + sigma²
  },
  ripples: {
    value: (z) => Math.cos(FREQUENCY * z),
    slope: (z) => -FREQUENCY * Math.sin(FREQUENCY * z),
    exact(mu, sigma) { // of cos(a·mu)·exp(−½a²sigma²)
      const damping = Math.exp(-((FREQUENCY * sigma) ** 2) / 2);
      return { mu: -FREQUENCY * Math.sin(FREQUENCY * mu) * damping, sigma: -(FREQUENCY ** 2) * sigma * Math.cos(FREQUENCY * mu) * damping };
    },
  },
};

/** Estimate the gradients of a loss from batches of noise, each of `stride` numbers, of which the first n are used: through z = mu + sigma·eps
 * (pathwise; Kingma and Welling, 2014, §2.4), and by f(z)·∇log q(z) (score function; Williams, 1992).
 * @param {LossName} name @param {number} mu @param {number} sigma @param {ArrayLike<number>} eps @param {number} stride @param {number} n
 * @returns {{ pathwise: Estimates, score: Estimates }} */
export function estimateGradients(name, mu, sigma, eps, stride, n) {
  const { value, slope } = LOSSES[name], count = eps.length / stride;
  const [pathwise, score] = [0, 1].map(() => ({ mu: new Float64Array(count), sigma: new Float64Array(count) }));
  for (let batch = 0; batch < count; batch++) {
    let pathMu = 0, pathSigma = 0, scoreMu = 0, scoreSigma = 0;
    for (let i = batch * stride; i < batch * stride + n; i++) {
      const e = eps[i], z = mu + sigma * e, steepness = slope(z), loss = value(z);
      pathMu += steepness;
      pathSigma += steepness * e;
      scoreMu += loss * e;
      scoreSigma += loss * (e * e - 1);
    }
    pathwise.mu[batch] = pathMu / n;
    pathwise.sigma[batch] = pathSigma / n;
    score.mu[batch] = scoreMu / (n * sigma);
    score.sigma[batch] = scoreSigma / (n * sigma);
  }
  return { pathwise, score };
}
