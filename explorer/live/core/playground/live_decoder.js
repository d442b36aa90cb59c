// The decoder of a model that learns, many codes at a time, with the weights that its trainer has last told.

import { DenseStack } from "../training/dense_stack.js";
import { layOutWeights } from "../training/layout.js";
import { LIKELIHOODS } from "../training/likelihoods.js";

/** @typedef {Record<string, { shape: number[], data: Float32Array }>} Weights: by their names */

export class LiveDecoder {
  /** @param {{ pixels: number, latent_dim: number, width: number, depth: number }} shape */
  constructor(shape) {
    const { decoder, size } = layOutWeights(shape);
    this.latentDim = shape.latent_dim;
    this.pixels = shape.pixels;
    this.layers = decoder;
    this.rows = 0; // that there is room for
    this.likelihood = "bernoulli";
    this.parameters = new Float32Array(size);
    this.stack = new DenseStack(decoder, this.parameters, this.parameters); // its gradients are never written
  }

  /** Decode with these weights from now on, as the mean of this likelihood.
   * @param {Weights} weights @param {string} likelihood */
  set(weights, likelihood) {
    this.likelihood = likelihood;
    for (const { name, weight, bias } of this.layers) {
      this.parameters.set(weights[`${name}.weight`].data, weight);
      this.parameters.set(weights[`${name}.bias`].data, bias);
    }
  }

  /** Return E[x|z] [n, pixels] of codes [n, D]; the next call reuses the array.
   * @param {Float32Array} codes */
  decode(codes) {
    const n = codes.length / this.latentDim, count = n * this.pixels;
    if (n > this.rows) this.stack.reserve((this.rows = n));
    const images = this.stack.forward(codes, n);
    LIKELIHOODS[this.likelihood].toMean(images, count);
    return images.subarray(0, count);
  }
}
