// A diffusion model of codes, sampled without noise: explorer/latent/densities/diffusion.py describes it. Tests compare it with torch.

import { Network } from "./network.js";

/** @typedef {{ time_frequencies: number[], position_frequencies: number[], n_steps: number }} Settings */

/**
 * From noise to codes. The block holds the network, and how z is made of whitened codes w: mean [D], and root [R, D], with z = mean + w root.
 */
export class SecondStage {
  /** @param {Pick<import("./block.js").Block, "metadata" | "tensors">} block */
  constructor(block) {
    this.network = new Network(block);
    /** @type {Settings} */
    this.settings = block.metadata.second_stage;
    const { mean, root } = block.tensors();
    this.mean = mean.data;
    this.root = root.data;
    this.nNoise = root.shape[0];
    this.input = new Float32Array(this.network.input.length);
  }

  /** Return the velocity of x [R] at time t; the next call reuses the array.
   * @param {ArrayLike<number>} x @param {number} t */
  velocity(x, t) {
    const { input } = this, n = this.nNoise;
    let k = 0;
    for (let i = 0; i < n; i++) input[k++] = x[i];
    for (const f of this.settings.position_frequencies) {
      for (let i = 0; i < n; i++) input[k++] = Math.sin(f * x[i]);
      for (let i = 0; i < n; i++) input[k++] = Math.cos(f * x[i]);
    }
    for (const f of this.settings.time_frequencies) input[k++] = Math.cos(f * t);
    for (const f of this.settings.time_frequencies) input[k++] = Math.sin(f * t);
    return this.network.forward(input);
  }

  /** Return the code z [D] of w [R].
   * @param {ArrayLike<number>} w */
  unwhiten(w) {
    const dim = this.mean.length;
    return Array.from({ length: dim }, (_, d) => {
      let z = this.mean[d];
      for (let i = 0; i < this.nNoise; i++) z += w[i] * this.root[i * dim + d];
      return z;
    });
  }

  /** Return the noise [R] at which a path to a code begins at z [D], or at the point nearest to z where the codes span a subspace only.
   * The rows of root are orthogonal.
   * @param {ArrayLike<number>} z */
  whiten(z) {
    const dim = this.mean.length;
    return Array.from({ length: this.nNoise }, (_, i) => {
      let product = 0, square = 0;
      for (let d = 0; d < dim; d++) {
        product += (z[d] - this.mean[d]) * this.root[i * dim + d];
        square += this.root[i * dim + d] ** 2;
      }
      return product / square;
    });
  }

  /** The directions [R][D] of a standard deviation of the noise. */
  get directions() {
    const dim = this.mean.length;
    return Array.from({ length: this.nNoise }, (_, i) => Array.from(this.root.subarray(i * dim, (i + 1) * dim)));
  }

  /** Return the positions z [nSteps + 1][D] on the way from noise [R] to a code, by steps of DDIM.
   * @param {ArrayLike<number>} noise @param {number} [nSteps] */
  path(noise, nSteps = this.settings.n_steps) {
    const step = Math.PI / 2 / nSteps, cos = Math.cos(step), sin = Math.sin(step);
    let x = Array.from(noise);
    const positions = [this.unwhiten(x)];
    for (let i = 0; i < nSteps; i++) {
      const v = this.velocity(x, Math.PI / 2 - i * step);
      x = x.map((value, d) => cos * value - sin * v[d]);
      positions.push(this.unwhiten(x));
    }
    return positions;
  }

  /** Return the code z [D] that noise [R] leads to.
   * @param {ArrayLike<number>} noise @param {number} [nSteps] */
  sample(noise, nSteps) {
    return /** @type {number[]} */ (this.path(noise, nSteps).at(-1));
  }
}
