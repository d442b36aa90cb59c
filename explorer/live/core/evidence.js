// log p(x) of an image under a decoder of two latent numbers, by a grid, the true posterior, and the terms of the bound of a Gaussian q.

/** @typedef {number[]} Q: of a Gaussian q with a diagonal covariance, [μ₀, μ₁, log σ₀, log σ₁] */
/** @typedef {{ bound: number, klToPosterior: number, klToPrior: number, logLikelihood: number }} BoundTerms: in nats */

const MIN_RATE = 1e-9; // of a step of the ascent
const MIN_WEIGHT = 1e-15; // of a cell, to the largest: the rest adds nothing to a sum of floats

/** Return Σ w[i] f(i).
 * @param {Float64Array} w @param {(i: number) => number} f */
function expect(w, f) {
  let sum = 0;
  for (let i = 0; i < w.length; i++) if (w[i]) sum += w[i] * f(i);
  return sum;
}

/** @param {number} z */
const standardLogNormal = (z) => -(z * z + Math.log(2 * Math.PI)) / 2;

/** The evidence of an image. logLikelihood [n * n]: log p(x|z) at the middles of square cells of [-reach, reach]², z₀ along the rows. */
export class Evidence {
  /** @param {ArrayLike<number>} logLikelihood @param {number} reach @param {number} n */
  constructor(logLikelihood, reach, n) {
    const step = (2 * reach) / n;
    this.n = n;
    this.step = step;
    this.logLikelihood = logLikelihood;
    this.axis = Float64Array.from({ length: n }, (_, i) => -reach + step * (i + 0.5));
    this.logPrior = this.axis.map(standardLogNormal);
    this.logJoint = Float64Array.from({ length: n * n }, (_, k) => logLikelihood[k] + this.logPrior[Math.floor(k / n)] + this.logPrior[k % n]);
    const top = this.logJoint.reduce((a, b) => Math.max(a, b));
    /** log p(x) = log ∫ p(x|z) p(z) dz */
    this.logEvidence = top + Math.log(this.logJoint.reduce((sum, value) => sum + Math.exp(value - top), 0)) + 2 * Math.log(step);
    /** log p(z|x), by Bayes' rule */
    this.logPosterior = this.logJoint.map((value) => value - this.logEvidence);
  }

  /** Return the probability of each cell along an axis, [n].
   * @param {number} mean @param {number} logSd */
  weigh(mean, logSd) {
    const w = this.axis.map((z) => Math.exp(-(((z - mean) / Math.exp(logSd)) ** 2) / 2)).map((value) => (value > MIN_WEIGHT ? value : 0));
    const sum = w.reduce((a, b) => a + b);
    return w.map((value) => value / sum);
  }

  /** Return the mean of values [n * n] over the cells, of probabilities down [n] and across [n].
   * @param {ArrayLike<number>} values @param {Float64Array} down @param {Float64Array} across */
  average(values, down, across) {
    const first = across.findIndex(Boolean), last = across.findLastIndex(Boolean);
    return expect(down, (i) => {
      let sum = 0;
      for (let j = first, k = i * this.n + first; j <= last; j++, k++) sum += across[j] * values[k];
      return sum;
    });
  }

  /** Return the terms of the bound (Kingma and Welling, 2014, equations 1 and 3), each a mean over q.
   * @param {Q} q @returns {BoundTerms} */
  terms([mu0, mu1, s0, s1]) {
    const down = this.weigh(mu0, s0), across = this.weigh(mu1, s1), logStep = Math.log(this.step);
    const sides = [down, across];
    const logQ = sides.reduce((sum, w) => sum + expect(w, (i) => Math.log(w[i]) - logStep), 0);
    const logPrior = sides.reduce((sum, w) => sum + expect(w, (i) => this.logPrior[i]), 0);
    const logLikelihood = this.average(this.logLikelihood, down, across), klToPrior = logQ - logPrior;
    return { bound: logLikelihood - klToPrior, klToPosterior: logQ - this.average(this.logPosterior, down, across), klToPrior, logLikelihood };
  }

  /** Return the gradient [4] of the bound: that of E_q log p(x, z), and that of the entropy of q, which is 1 in log σ.
   * @param {Q} q */
  gradient([mu0, mu1, s0, s1]) {
    const { n, axis, logJoint } = this, down = this.weigh(mu0, s0), across = this.weigh(mu1, s1);
    const rows = axis.map((_, i) => (down[i] ? expect(across, (j) => logJoint[i * n + j]) : 0));
    const columns = axis.map((_, j) => (across[j] ? expect(down, (i) => logJoint[i * n + j]) : 0));
    /** @param {Float64Array} w @param {Float64Array} means @param {number} mean @param {number} logSd */
    const along = (w, means, mean, logSd) => {
      const sd = Math.exp(logSd), u = axis.map((z) => (z - mean) / sd);
      return [expect(w, (i) => u[i] * means[i]) / sd, expect(w, (i) => (u[i] ** 2 - 1) * means[i]) + 1];
    };
    const [mean0, width0] = along(down, rows, mu0, s0), [mean1, width1] = along(across, columns, mu1, s1);
    return [mean0, mean1, width0, width1];
  }
}

/** Return the next q of a gradient ascent of the bound, and its rate: twice the last one, halved until the bound does not fall.
 * limits: [low, high] of each number of q.
 * @param {Evidence} evidence @param {Q} q @param {number} rate @param {[number, number][]} limits @returns {{ q: Q, rate: number }} */
export function ascend(evidence, q, rate, limits) {
  const gradient = evidence.gradient(q), { bound } = evidence.terms(q);
  for (let next = 2 * rate; next > MIN_RATE; next /= 2) {
    const candidate = q.map((value, i) => Math.min(Math.max(value + next * gradient[i], limits[i][0]), limits[i][1]));
    if (evidence.terms(candidate).bound >= bound) return { q: candidate, rate: next };
  }
  return { q, rate: MIN_RATE };
}

/** Return Σ log C over decoded pixels, in nats: what the Bernoulli log-likelihood of a grey image lacks of a density. With C, it is the
 * continuous Bernoulli (Loaiza-Ganem and Cunningham, NeurIPS 2019, equation 8).
 * @param {ArrayLike<number>} pixels between 0 and 1 */
export function logNormaliser(pixels) {
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) {
    const u = Math.min(Math.abs(1 - 2 * pixels[i]), 1 - 1e-15);
    sum += u < 1e-3 ? Math.log(2) + u ** 2 / 3 : Math.log((2 * Math.atanh(u)) / u);
  }
  return sum;
}
