// The forward pass of a network for one input at a time. Tests compare it with torch.

import { RELOAD_ADVICE, UserFacingError } from "./errors.js";
import { findInterval } from "./interval.js";
import { CONVOLUTION_BUILDERS } from "./layers_convolution.js";
import { ELEMENTWISE_BUILDERS } from "./layers_elementwise.js";

/** @typedef {{ data: Float32Array | Float64Array, shape: number[] }} Values: what a layer reads or writes, in an array that stays */
/** @typedef {{ kind: string, name?: string, shape?: number[], factors?: number[], slope?: number, alpha?: number, is_tanh?: boolean, low?: number, high?: number }
 *   & Partial<import("./layers_convolution.js").ConvolutionOptions>} Layer */
/** @typedef {{ rungs: Float32Array[], shape: number[], current: Float32Array }} Weight */
/** @typedef {(kernels: Float32Array, shape: number[]) => Float32Array} Arrange */
/** @typedef {(part: string, expectedShape: (number | null)[], arrange?: Arrange) => Weight} LoadWeight */
/** @typedef {(input: Values, layer: Layer, loadWeight: LoadWeight) => [(() => void) | null, Values]} LayerBuilder */

/**
 * A sequence of layers from a block. metadata.layers: { kind: one of LAYER_BUILDERS, name: of the weights, and the options
 * that explorer/chains/layers.py describes }. Every weight has a leading axis of rungs, which lie at the positions
 * metadata.rungs on the axis of a film.
 */
export class Network {
  /** @param {Pick<import("./block.js").Block, "metadata" | "tensors">} block */
  constructor({ metadata, tensors }) {
    /** @type {number[]} */
    this.rungs = metadata.rungs;
    /** @type {Layer[]} */
    this.layers = metadata.layers;
    /** @type {Map<string, Weight>} */
    this.weights = new Map();
    /** @type {number | null} */
    this.interpolatedPosition = null;
    /** @type {number} of the classes, which are one-hot after the other inputs of a conditional model */
    this.classCount = metadata.n_classes ?? 0;
    this.isCoarse = Boolean(metadata.is_coarse); // whether it stands in for an exact one
    this.label = 0; // the number of the class that forward() is given, unless it is told another
    this.input = new Float32Array(metadata.n_inputs);
    /** @type {Values} */
    let input = { data: this.input, shape: [metadata.n_inputs] };
    /** @type {(() => void)[]} */
    this.steps = [];
    for (const layer of this.layers) {
      const [run, output] = LAYER_BUILDERS[layer.kind](input, layer, (part, expectedShape, arrange) => this.loadWeight(tensors(), `${layer.name}.${part}`, expectedShape, arrange));
      if (run) this.steps.push(run);
      input = output;
    }
    this.output = input.data;
    this.shape = input.shape;
  }

  /** Load a weight, of which an expected size is null where any will do. arrange(kernels, shape): in the order in which they are read.
   * @param {import("./block.js").Tensors} tensors @param {string} name @param {(number | null)[]} expectedShape @param {Arrange} [arrange] */
  loadWeight(tensors, name, expectedShape, arrange = (kernels) => kernels) {
    const { shape, data } = tensors[name] ?? { shape: [], data: new Float32Array() };
    const expected = [this.rungs.length, ...expectedShape];
    if (shape.length !== expected.length || expected.some((n, i) => n !== null && n !== shape[i]))
      throw new UserFacingError(`The weights ${name} have the shape [${shape}], where the network in their header needs [${expected.map((n) => n ?? "any")}]. ${RELOAD_ADVICE}`);
    const size = data.length / this.rungs.length;
    const rungs = this.rungs.map((_, i) => arrange(/** @type {Float32Array} */ (data.subarray(i * size, (i + 1) * size)), shape.slice(1)));
    const weight = { rungs, shape: shape.slice(1), current: rungs.length > 1 ? new Float32Array(size) : rungs[0] };
    this.weights.set(name, weight);
    return weight;
  }

  /** Interpolate the weights between the two rungs around a position.
   * @param {number} position */
  interpolateWeights(position) {
    if (this.rungs.length < 2 || position === this.interpolatedPosition) return;
    const [i, fraction] = findInterval(this.rungs, position);
    for (const { rungs, current } of this.weights.values()) {
      const a = rungs[i], b = rungs[i + 1];
      for (let k = 0; k < current.length; k++) current[k] = a[k] + fraction * (b[k] - a[k]);
    }
    this.interpolatedPosition = position;
  }

  /** Set the input to z, and to the class with this number if the model is conditional.
   * @param {ArrayLike<number>} z @param {number} [label] */
  setInput(z, label = this.label) {
    this.input.set(z);
    if (this.classCount) this.input.fill(0, z.length)[z.length + label] = 1;
  }

  /** Return the output for z, and for the class with this number if the model is conditional; the next call reuses the array.
   * @param {ArrayLike<number>} z @param {number} [position] @param {number} [label] */
  forward(z, position = 0, label = this.label) {
    this.interpolateWeights(position);
    this.setInput(z, label);
    for (const step of this.steps) step();
    return this.output;
  }
}

/** @param {number[]} shape */
const countElements = (shape) => shape.reduce((a, b) => a * b, 1);

/** Each builder takes an input { data, shape }, the layer and weight(part, ...shape), and returns [run or null, output].
 * @type {Record<string, LayerBuilder>} */
const LAYER_BUILDERS = {
  ...ELEMENTWISE_BUILDERS,
  ...CONVOLUTION_BUILDERS,

  softmax(x) {
    const { data } = x;
    return [() => {
      const largest = Math.max(...data);
      let sum = 0;
      for (let i = 0; i < data.length; i++) sum += data[i] = Math.exp(data[i] - largest);
      for (let i = 0; i < data.length; i++) data[i] /= sum;
    }, x];
  },

  reshape(x, { shape = [] }) {
    if (countElements(shape) !== x.data.length) throw new UserFacingError(`A layer of ${x.data.length} numbers can't take the shape [${shape}]. ${RELOAD_ADVICE}`);
    return [null, { data: x.data, shape }];
  },

  /** Repeat each pixel, factors[0] times downwards and factors[1] times to the right. */
  upsample(x, { factors: [down, right] = [1, 1] }) {
    const [C, H, W] = x.shape, input = x.data, y = new Float32Array(input.length * down * right);
    const run = () => {
      for (let row = 0, k = 0; row < C * H * down; row++) {
        const start = Math.floor(row / down) * W;
        for (let j = 0; j < W; j++) for (let e = 0; e < right; e++) y[k++] = input[start + j];
      }
    };
    return [run, { data: y, shape: [C, H * down, W * right] }];
  },

  /** Compute y = factor x + shift, each one number, one per channel, or one per number. */
  affine(x, layer, weight) {
    const factor = weight("factor", [null]), shift = weight("shift", [null]), { data } = x, n = data.length;
    const strides = [factor, shift].map(({ shape: [size] }) => ({ [1]: n, [x.shape[0]]: n / x.shape[0], [n]: 1 })[size] ?? 0);
    if (strides.includes(0)) throw new UserFacingError(`The weights ${layer.name} do not fit ${n} numbers. ${RELOAD_ADVICE}`);
    return [() => {
      for (let i = 0; i < n; i++) data[i] = data[i] * factor.current[Math.floor(i / strides[0])] + shift.current[Math.floor(i / strides[1])];
    }, x];
  },

  /** Compute y = W x + b, W [n_out, n_in]. */
  dense(x, layer, weight) {
    const n = x.data.length;
    const w = weight("weight", [null, n]), b = weight("bias", [w.shape[0]]);
    const input = x.data, y = new Float32Array(w.shape[0]);
    const run = () => {
      const W = w.current, B = b.current;
      for (let i = 0, k = 0; i < y.length; i++) {
        let s0 = B[i], s1 = 0, s2 = 0, s3 = 0, j = 0;
        for (; j < n - 3; j += 4, k += 4) {
          s0 += W[k] * input[j];
          s1 += W[k + 1] * input[j + 1];
          s2 += W[k + 2] * input[j + 2];
          s3 += W[k + 3] * input[j + 3];
        }
        for (; j < n; j++, k++) s0 += W[k] * input[j];
        y[i] = s0 + s1 + (s2 + s3);
      }
    };
    return [run, { data: y, shape: [y.length] }];
  },

  /**
   * Transposed convolution with kernel 4, stride 2, padding 1, W [n_in, n_out, 4, 4], as four 2×2 convolutions: an
   * output pixel of parity (a, b) meets the inputs at 0 and at -1 (a = 0) or +1 (a = 1), with the kernel's rows KERNEL_TAPS[a].
   */
  upconv(x, layer, weight) {
    const [C, H, W] = x.shape, w = weight("weight", [C, null, 4, 4], groupByParity), O = w.shape[1], b = weight("bias", [O]);
    const INPUT_OFFSETS = [[0, -1], [0, 1]], paddedWidth = W + 2;
    const padded = new Float32Array(C * (H + 2) * paddedWidth), y = new Float32Array(O * 4 * H * W), sum = new Float64Array(H * W);
    const input = x.data;
    const run = () => {
      for (let c = 0, k = 0; c < C; c++)
        for (let i = 0; i < H; i++, k += W) padded.set(input.subarray(k, k + W), (c * (H + 2) + i + 1) * paddedWidth + 1);
      const K = w.current, B = b.current;
      let k = 0;
      for (let o = 0; o < O; o++)
        for (let a = 0; a < 2; a++)
          for (let e = 0; e < 2; e++) {
            sum.fill(B[o]);
            const down = INPUT_OFFSETS[a][1] * paddedWidth, right = INPUT_OFFSETS[e][1];
            for (let c = 0; c < C; c++, k += 4) {
              const k0 = K[k], k1 = K[k + 1], k2 = K[k + 2], k3 = K[k + 3];
              for (let i = 0, s = 0; i < H; i++) {
                let p = (c * (H + 2) + i + 1) * paddedWidth + 1;
                for (let j = 0; j < W; j++, s++, p++)
                  sum[s] += k0 * padded[p] + k1 * padded[p + right] + k2 * padded[p + down] + k3 * padded[p + down + right];
              }
            }
            for (let i = 0, s = 0; i < H; i++)
              for (let j = 0, at = (o * 2 * H + 2 * i + a) * 2 * W + e; j < W; j++, s++, at += 2) y[at] = sum[s];
          }
    };
    return [run, { data: y, shape: [O, 2 * H, 2 * W] }];
  },
};

const KERNEL_TAPS = [[1, 3], [2, 0]];

/** Return kernels [n_in, n_out, 4, 4] in the order in which upconv reads them: [n_out, 2, 2, n_in, 2, 2].
 * @type {Arrange} */
function groupByParity(kernels, [C, O]) {
  const sorted = new Float32Array(kernels.length);
  let k = 0;
  for (let o = 0; o < O; o++)
    for (let a = 0; a < 2; a++)
      for (let e = 0; e < 2; e++)
        for (let c = 0; c < C; c++)
          for (const row of KERNEL_TAPS[a]) for (const column of KERNEL_TAPS[e]) sorted[k++] = kernels[((c * O + o) * 4 + row) * 4 + column];
  return sorted;
}
