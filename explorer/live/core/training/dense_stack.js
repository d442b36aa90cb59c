// Fully connected layers with ReLU between them, forward and backward, for a batch at a time.

import { multiplyTransposed, sumColumns } from "./products.js";

/** @typedef {import("./layout.js").DenseLayer} DenseLayer */

export class DenseStack {
  /** @param {DenseLayer[]} layers @param {Float32Array} parameters of the whole model @param {Float32Array} gradients of the loss, in the same places */
  constructor(layers, parameters, gradients) {
    this.layers = layers.map(({ n_in, n_out, weight, bias }) => {
      const view = (/** @type {Float32Array} */ of, /** @type {number} */ start, /** @type {number} */ size) => of.subarray(start, start + size);
      return {
        n_in, n_out,
        W: view(parameters, weight, n_in * n_out), b: view(parameters, bias, n_out), // W [n_out, n_in]
        dW: view(gradients, weight, n_in * n_out), db: view(gradients, bias, n_out),
        output: new Float32Array(), // [B, n_out], after its ReLU
        dInput: new Float32Array(), // [B, n_in]
      };
    });
    this.input = new Float32Array(); // [B, n_in], of the latest forward()
    this.nOut = layers[layers.length - 1].n_out;
  }

  /** Make room for batches of that many rows.
   * @param {number} rows */
  reserve(rows) {
    for (const layer of this.layers) {
      layer.output = new Float32Array(rows * layer.n_out);
      layer.dInput = new Float32Array(rows * layer.n_in);
    }
  }

  /** Return the output [rows, nOut] for an input [rows, n_in], which has to stay until backward(); the next call reuses the array.
   * @param {Float32Array} input @param {number} rows */
  forward(input, rows) {
    this.input = /** @type {typeof this.input} */ (input);
    const last = this.layers.length - 1;
    for (let l = 0; l <= last; l++) {
      const { W, b, n_in, n_out, output } = this.layers[l];
      multiplyTransposed(input, n_in, 1, W, n_in, 1, b, output, rows, n_out, n_in);
      if (l < last) for (let i = 0; i < rows * n_out; i++) if (output[i] < 0) output[i] = 0;
      input = output;
    }
    return input;
  }

  /** Write the gradients of the weights, and return that of the input [rows, n_in], or null if nothing needs it; the next call reuses the array.
   * @param {Float32Array} dOutput [rows, nOut] @param {number} rows @param {boolean} needsInput */
  backward(dOutput, rows, needsInput) {
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const { W, dW, db, n_in, n_out, dInput } = this.layers[l], input = l ? this.layers[l - 1].output : this.input;
      multiplyTransposed(dOutput, 1, n_out, input, 1, n_in, null, dW, n_out, n_in, rows);
      sumColumns(dOutput, db, rows, n_out);
      if (!l && !needsInput) return null;
      multiplyTransposed(dOutput, n_out, 1, W, 1, n_in, null, dInput, rows, n_in, n_out);
      if (l) for (let i = 0; i < rows * n_in; i++) if (!(input[i] > 0)) dInput[i] = 0;
      dOutput = dInput;
    }
    return dOutput;
  }
}
