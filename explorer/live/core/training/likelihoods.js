// Likelihoods of the pixels: the distortion −log p(x|z) of a batch with its gradient, and the mean image. The mathematics is that of
// explorer/objectives. Names are those of the registry.

import { continuousBernoulliMean } from "../continuous_bernoulli.js";

/**
 * @typedef {object} Likelihood
 * @property {(logits: Float32Array, x: Float32Array, n: number, logSigma: number, gradient: Float32Array | null, scale: number) => number} distortion
 * Return the sum over n pixels, in nats. Write its gradient with respect to the logits, times scale, unless gradient is null.
 * @property {(logits: Float32Array, n: number) => void} toMean turns the logits into E[x|z], in place
 * @property {boolean} [learnsSigma]
 */

const PIXELS_PER_LOG = 512; // whose factors, each from 1 to 2, are multiplied before their logarithm is taken: 2^512 is still a number
const SERIES_RADIUS = 0.5; // of |a|, as in explorer/objectives/continuous_bernoulli.py
const MIN_SIGMA = 1e-3; // of a learned sigma, as in explorer/objectives/gaussian.py
const BATCH_SHARE = 0.05; // of the newest batch in the moving average of the squared error

/** @type {Likelihood} */
const gaussian = {
  distortion(logits, x, n, logSigma, gradient, scale) {
    const precision = Math.exp(-2 * logSigma);
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const difference = logits[i] - x[i];
      squares += difference * difference;
      if (gradient) gradient[i] = scale * precision * difference;
    }
    return 0.5 * (squares * precision + n * (Math.log(2 * Math.PI) + 2 * logSigma));
  },
  toMean(logits, n) {
    for (let i = 0; i < n; i++) logits[i] = Math.min(Math.max(logits[i], 0), 1);
  },
};

/** @type {Record<string, Likelihood>} */
export const LIKELIHOODS = {
  bernoulli: {
    distortion(logits, x, n, _logSigma, gradient, scale) {
      let sum = 0, product = 1;
      for (let i = 0; i < n; i++) {
        const a = logits[i], e = Math.exp(-Math.abs(a)), p = (a < 0 ? e : 1) / (1 + e);
        sum += (a > 0 ? a : 0) - a * x[i];
        product *= 1 + e;
        if (i % PIXELS_PER_LOG === PIXELS_PER_LOG - 1) {
          sum += Math.log(product);
          product = 1;
        }
        if (gradient) gradient[i] = scale * (p - x[i]);
      }
      return sum + Math.log(product);
    },
    toMean(logits, n) {
      for (let i = 0; i < n; i++) logits[i] = 1 / (1 + Math.exp(-logits[i]));
    },
  },

  "continuous-bernoulli": {
    distortion(logits, x, n, _logSigma, gradient, scale) {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const a = logits[i], size = Math.abs(a), centred = x[i] - 0.5;
        if (size < SERIES_RADIUS) {
          const square = a * a;
          sum += square * (1 / 24 - square * (1 / 2880 - square * (1 / 181440 - square / 9676800))) - a * centred;
        } else sum += size / 2 + Math.log((1 - Math.exp(-size)) / size) - a * centred;
        if (gradient) gradient[i] = scale * (continuousBernoulliMean(a) - x[i]);
      }
      return sum;
    },
    toMean(logits, n) {
      for (let i = 0; i < n; i++) logits[i] = continuousBernoulliMean(logits[i]);
    },
  },

  gaussian,
  "learned-gaussian": { ...gaussian, learnsSigma: true },
};

/** Return log sigma after a batch of n pixels with this sum of squared errors: sigma² follows their mean as a moving average.
 * @param {number} logSigma @param {Float32Array} logits @param {Float32Array} x @param {number} n */
export function followSigma(logSigma, logits, x, n) {
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (logits[i] - x[i]) ** 2;
  const variance = Math.exp(2 * logSigma);
  return Math.log(Math.max(variance + BATCH_SHARE * (squares / n - variance), MIN_SIGMA ** 2)) / 2;
}
