// An AE or a VAE with fully connected layers: the loss of a batch and its gradients. The mathematics is that of explorer/models,
// explorer/objectives and explorer/training/update.py; tests compare it with them.

import { DenseStack } from "./dense_stack.js";
import { fillInitialWeights, layOutWeights } from "./layout.js";
import { LIKELIHOODS, followSigma } from "./likelihoods.js";

/** @typedef {{ model: string, likelihood: string }} Choice */
/** @typedef {Choice & { beta: number, sigma: number }} LossSettings */
/** @typedef {{ distortion: number, rate: number, loss: number }} Losses means over images, in nats; loss is distortion + beta·rate, where a beta of 0
 * leaves the rate out */

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

  /** Encode a batch `input` and decode its codes. Return the means of the distortion of the images x, of their rate, and of the loss. With
   * needsGradients, write the gradients of this loss.
   * @param {Float32Array} input @param {number} rows @param {LossSettings} settings @param {boolean} needsGradients
   * @returns {Losses} */
  computeLoss(input, rows, { model, likelihood, beta, sigma }, needsGradients) {
    const { z, x, dLogits } = this, kind = LIKELIHOODS[likelihood], logSigma = kind.learnsSigma ? this.logSigma : Math.log(sigma), isVae = model === "vae";
    const statistics = this.encoder.forward(input, rows), rate = this.sampleCodes(statistics, rows, isVae);
    this.logits = /** @type {typeof z} */ (this.decoder.forward(z, rows));
    const distortion = kind.distortion(this.logits, x, rows * this.pixels, logSigma, needsGradients ? dLogits : null, 1 / rows);
    if (needsGradients) {
      const dz = /** @type {Float32Array} */ (this.decoder.backward(dLogits, rows, true));
      this.differentiateCodes(dz, statistics, rows, isVae, beta / rows);
      this.encoder.backward(this.dStatistics, rows, false);
    }
    return { distortion: distortion / rows, rate: rate / rows, loss: (distortion + (beta && beta * rate)) / rows };
  }

  /** Write the codes z = mu + sigma·eps, of an AE mu, and return the sum of the rates KL(q(z|x) ‖ N(0, I)), of an AE 0.
   * @param {Float32Array} statistics [rows, 2D], of the encoder @param {number} rows @param {boolean} isVae */
  sampleCodes(statistics, rows, isVae) {
    const { latentDim: D, z, eps } = this;
    let rate = 0;
    for (let r = 0, i = 0; r < rows; r++)
      for (let k = 2 * D * r, end = k + D; k < end; k++, i++) {
        const mu = (z[i] = statistics[k]), logvar = statistics[k + D];
        if (!isVae) continue;
        z[i] += Math.exp(0.5 * logvar) * eps[i];
        rate += 0.5 * (mu * mu + Math.exp(logvar) - logvar - 1);
      }
    return rate;
  }

  /** Write the gradient of the loss with respect to mu and logvar. That of an AE to logvar is 0, so that the weights for it stay.
   * @param {Float32Array} dz [rows, D] @param {Float32Array} statistics @param {number} rows @param {boolean} isVae
   * @param {number} beta on the sum of the rates, which 0 leaves out */
  differentiateCodes(dz, statistics, rows, isVae, beta) {
    const { latentDim: D, eps, dStatistics } = this;
    for (let r = 0, i = 0; r < rows; r++)
      for (let k = 2 * D * r, end = k + D; k < end; k++, i++) {
        dStatistics[k] = dz[i];
        dStatistics[k + D] = 0;
        if (!isVae) continue;
        const deviation = Math.exp(0.5 * statistics[k + D]);
        dStatistics[k] += beta && beta * statistics[k];
        dStatistics[k + D] = 0.5 * (dz[i] * eps[i] * deviation + (beta && beta * (deviation * deviation - 1)));
      }
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
      images.set(logits.subarray(0, rows * pixels), first * pixels);
    }
    return images;
  }
}
