// The weights of an mlp in one array: names and shapes as explorer/networks/mlp.py and torch give them.

import { seedUniform } from "../random.js";

/** @typedef {{ name: string, n_in: number, n_out: number, weight: number, bias: number }} DenseLayer weight, bias: where they begin */
/** @typedef {{ pixels: number, latent_dim: number, width: number, depth: number }} NetworkShape */

/**
 * Return the layers of encoder and decoder, and the number of all weights. The encoder always has 2·latent_dim outputs, mu and logvar; an AE
 * uses the first half. Depth 0 is the network `linear`.
 * @param {NetworkShape} shape @returns {{ encoder: DenseLayer[], decoder: DenseLayer[], size: number }}
 */
export function layOutWeights({ pixels, latent_dim, width, depth }) {
  const hidden = Array.from({ length: depth }, (_, i) => Math.max(Math.floor(width / 2 ** i), 1));
  let size = 0;
  const lay = (/** @type {string} */ part, /** @type {number} */ first, /** @type {number[]} */ sizes) =>
    sizes.slice(1).map((n_out, i) => {
      const n_in = sizes[i], weight = size, bias = weight + n_in * n_out;
      size = bias + n_out;
      return { name: `${part}.${first + 2 * i}`, n_in, n_out, weight, bias };
    });
  const encoder = lay("encoder", 1, [pixels, ...hidden, 2 * latent_dim]); // after a Flatten
  const decoder = lay("decoder", 0, [latent_dim, ...hidden.toReversed(), pixels]);
  return { encoder, decoder, size };
}

/** Fill weights and biases from the uniform distribution between ±1/√n_in, as torch's Linear does (He et al., ICCV 2015, with a = √5).
 * @param {DenseLayer[]} layers @param {Float32Array} parameters @param {number} seed */
export function fillInitialWeights(layers, parameters, seed) {
  const uniform = seedUniform(seed);
  for (const { n_in, n_out, weight, bias } of layers)
    for (let i = weight, bound = 1 / Math.sqrt(n_in); i < bias + n_out; i++) parameters[i] = bound * (2 * uniform() - 1);
}
