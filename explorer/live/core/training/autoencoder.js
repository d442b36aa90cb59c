// An AE or a VAE with fully connected layers: the loss of a batch and its gradients. The mathematics is that of explorer/models,
// explorer/objectives and explorer/training/update.py; tests compare it with them.

import { DenseStack } from "./dense_stack.js";
import { fillInitialWeights, layOutWeights } from "./layout.js";
import { LIKELIHOODS, followSigma } from "./likelihoods.js";

/** @typedef {{ model: string, likelihood: string }} Choice what the loss is of */
/** @typedef {{ distortion: number, rate: number }} Sums over a batch, in nats */

export class Autoencoder {
  /** @param {import("./layout.js").NetworkShape} shape @param {number} seed of the first weights */
  constructor(shape, seed) {
    const { encoder, decoder, size } = layOutWeights(shape);
    this.pixels = shape.pixels;
    this.latentDim = shape.latent_dim;
    this.layers = [...encoder, ...decoder];
    this.parameters = new Float32Array(size);
    this.gradients = new Float32Array(size);
    this.encoder = new DenseStack(encoder, this.parameters, this.gradients);
    this.decoder = new DenseStack(decoder, this.parameters, this.gradients);
    this.logSigma = 0; // of a learned Gaussian
    fillInitialWeights(this.layers, this.parameters, seed);
    this.rows = 0; // of the batches that there is room for
    this.x = this.input = this.eps = this.z = this.logits = this.dStatistics = this.dLogits = new Float32Array();
  }

  /** Make room for batches of that many rows.
   * @param {number} rows */
  reserve(rows) {
    if (rows <= this.rows) return;
    this.rows = rows;
    this.encoder.reserve(rows);
    this.decoder.reserve(rows);
    this.x = new Float32Array(rows * this.pixels); // the images of a batch
    this.input = new Float32Array(rows * this.pixels); // of the encoder: the images with their noise
    this.eps = new Float32Array(rows * this.latentDim); // noise of the posterior
    this.z = new Float32Array(rows * this.latentDim);
    this.dStatistics = new Float32Array(rows * 2 * this.latentDim);
    this.dLogits = new Float32Array(rows * this.pixels);
  }

  /** Encode a batch `input` and decode z = mu + sigma·eps, of an AE mu. Return the summed distortion of the images x, and their rate
   * KL(q(z|x) ‖ N(0, I)), of an AE 0. With needsGradients, write the gradients of (distortion + beta·rate) / rows.
   * @param {Float32Array} input @param {number} rows @param {Choice & { beta: number, sigma: number }} settings @param {boolean} needsGradients @returns {Sums} */
  computeLoss(input, rows, { model, likelihood, beta, sigma }, needsGradients) {
    const D = this.latentDim, { z, eps, x, dLogits, dStatistics } = this, hasRate = model === "vae", n = rows * this.pixels;
    const { distortion, learnsSigma } = LIKELIHOODS[likelihood], logSigma = learnsSigma ? this.logSigma : Math.log(sigma);
    const statistics = this.encoder.forward(input, rows);
    let rate = 0;
    for (let r = 0, i = 0; r < rows; r++)
      for (let d = 0; d < D; d++, i++) {
        const mu = statistics[2 * D * r + d], logvar = statistics[2 * D * r + D + d];
        if (hasRate) rate += 0.5 * (mu * mu + Math.exp(logvar) - logvar - 1);
        z[i] = hasRate ? mu + Math.exp(0.5 * logvar) * eps[i] : mu;
      }
    const logits = (this.logits = /** @type {typeof z} */ (this.decoder.forward(z, rows))), sums = { distortion: distortion(logits, x, n, logSigma, needsGradients ? dLogits : null, 1 / rows), rate };
    if (!needsGradients) return sums;
    const dz = /** @type {Float32Array} */ (this.decoder.backward(dLogits, rows, true));
    for (let r = 0, i = 0; r < rows; r++)
      for (let d = 0; d < D; d++, i++) {
        const k = 2 * D * r + d, mu = statistics[k], deviation = Math.exp(0.5 * statistics[k + D]), weight = hasRate ? beta / rows : 0;
        dStatistics[k] = dz[i] + (weight ? weight * mu : 0);
        dStatistics[k + D] = hasRate ? dz[i] * eps[i] * 0.5 * deviation + (weight ? weight * 0.5 * (deviation * deviation - 1) : 0) : 0;
      }
    this.encoder.backward(dStatistics, rows, false);
    return sums;
  }

  /** Let a learned sigma follow the errors of the latest batch.
   * @param {string} likelihood @param {number} rows */
  followSigma(likelihood, rows) {
    if (LIKELIHOODS[likelihood].learnsSigma) this.logSigma = followSigma(this.logSigma, this.logits, this.x, rows * this.pixels);
  }

  /** Return mu and logvar [n, D] of images [n, pixels], encoded `chunk` at a time; logvar is null for an AE.
   * @param {Float32Array} images @param {string} model @param {number} chunk */
  encode(images, model, chunk) {
    const { latentDim: D, pixels } = this, n = images.length / pixels, mu = new Float32Array(n * D), logvar = model === "vae" ? new Float32Array(n * D) : null;
    for (let first = 0; first < n; first += chunk) {
      const rows = Math.min(chunk, n - first), statistics = this.encoder.forward(images.subarray(first * pixels, (first + rows) * pixels), rows);
      for (let r = 0; r < rows; r++)
        for (let d = 0, k = (first + r) * D; d < D; d++, k++) {
          mu[k] = statistics[2 * D * r + d];
          if (logvar) logvar[k] = statistics[2 * D * r + D + d];
        }
    }
    return { mu, logvar };
  }

  /** Return the images E[x|z], [n, pixels], of codes [n, D], decoded `chunk` at a time.
   * @param {Float32Array} codes @param {string} likelihood @param {number} chunk */
  decode(codes, likelihood, chunk) {
    const { latentDim: D, pixels } = this, n = codes.length / D, images = new Float32Array(n * pixels);
    for (let first = 0; first < n; first += chunk) {
      const rows = Math.min(chunk, n - first), logits = this.decoder.forward(codes.subarray(first * D, (first + rows) * D), rows);
      LIKELIHOODS[likelihood].toMean(logits, rows * pixels);
      images.set(rows * pixels < logits.length ? logits.subarray(0, rows * pixels) : logits, first * pixels);
    }
    return images;
  }
}
