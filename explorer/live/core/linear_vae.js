// A linear VAE at its optimum: x = b + Wz + σε with z ~ N(0, I) (Tipping and Bishop, JRSS B 1999; Lucas et al., NeurIPS 2019).
// Each dimension of z belongs to a principal component of the images. It is used where the variance of the component exceeds σ².

/** @typedef {{ variances: ArrayLike<number>, rest: number, pixelCount: number }} Spectrum the variances of the components of the
 * dimensions, in descending order, and the sum of those of all others */

/** Return the share of a score that the decoder returns from the posterior mean.
 * @param {number} variance @param {number} sigma */
export const keptShare = (variance, sigma) => Math.max(1 - sigma ** 2 / variance, 0);

/** Return the rate of a dimension, as a mean over the images, in nats.
 * @param {number} variance @param {number} sigma */
export const rateOfDimension = (variance, sigma) => Math.max(Math.log(variance / sigma ** 2) / 2, 0);

/** Return the number of used dimensions, the rate, the squared error and the distortion of z ~ q(z|x), and the mean log p(x), in nats; as
 * means over the images. The posterior is exact, so that the bound is log p(x).
 * @param {Spectrum} spectrum @param {number} sigma */
export function measureLinearVae({ variances, rest, pixelCount }, sigma) {
  let used = 0, rate = 0, squaredError = rest;
  for (const variance of Array.from(variances)) {
    if (variance > sigma ** 2) used++;
    rate += rateOfDimension(variance, sigma);
    squaredError += Math.min(variance, sigma ** 2);
  }
  const distortion = squaredError / (2 * sigma ** 2) + (pixelCount / 2) * Math.log(2 * Math.PI * sigma ** 2);
  return { used, rate, squaredError, distortion, logLikelihood: -(distortion + rate) };
}

/** Return the σ with the highest mean log p(x): its square is the mean variance of the components that have no dimension.
 * @param {Spectrum} spectrum */
export const bestSigma = ({ variances, rest, pixelCount }) => Math.sqrt(rest / (pixelCount - variances.length));
