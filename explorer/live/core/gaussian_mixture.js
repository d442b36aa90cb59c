// A mixture of Gaussians with full covariances. Tests compare it with numpy and torch.

import { findInterval } from "./interval.js";

/** @typedef {{ data: ArrayLike<number>, shape: number[] }} Numbers */

export class GaussianMixture {
  /** weights [K], means [K, D], factors [K, D, D], lower triangular: the covariance of a component is factor · factorᵀ.
   * @param {Numbers} weights @param {Numbers} means @param {Numbers} factors */
  constructor(weights, means, factors) {
    let sum = 0;
    this.cumulative = Array.from(weights.data, (weight) => (sum += weight));
    this.means = means.data;
    this.factors = factors.data;
    this.size = means.shape[0];
    this.dimensions = means.shape[1];
  }

  /** Return the number of the component that a uniform number in [0, 1) chooses.
   * @param {number} uniform */
  choose(uniform) {
    const place = uniform * this.cumulative[this.size - 1];
    return this.cumulative.findIndex((share) => place < share);
  }

  /** Return the sample z [D] of a uniform number, which chooses the component, and of standard normal noise [D].
   * @param {number} uniform @param {ArrayLike<number>} noise */
  sample(uniform, noise) {
    const { dimensions: n, means, factors } = this, k = this.choose(uniform);
    return Float64Array.from({ length: n }, (_, i) => {
      let z = means[k * n + i];
      for (let j = 0; j <= i; j++) z += factors[(k * n + i) * n + j] * noise[j];
      return z;
    });
  }

  /** Return the mean and the covariance of a component in the first two dimensions.
   * @param {number} k @returns {{ mean: number[], covariance: number[][] }} */
  ellipse(k) {
    const { dimensions: n, means, factors } = this, first = k * n * n;
    const [a, b, c] = [factors[first], factors[first + n], factors[first + n + 1]];
    return { mean: [means[k * n], means[k * n + 1]], covariance: [[a * a, a * b], [a * b, b * b + c * c]] };
  }
}

/** Return where a value lies between fits of rising sizes, on a logarithmic scale: [i, share] of the way from fit i to the next. Near a fit, up
 * to a margin of the way, the share is 0 or 1.
 * @param {number[]} sizes @param {number} value @param {number} margin @returns {[number, number]} */
export function placeBetweenFits(sizes, value, margin) {
  const [i, fraction] = findInterval(sizes.map(Math.log), Math.log(value));
  return [i, Math.min(Math.max((fraction - margin) / (1 - 2 * margin), 0), 1)];
}
