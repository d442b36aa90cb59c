// Convolutions and transposed convolutions of any kernel, stride, padding, dilation and groups.

/** @typedef {{ stride: number[], padding: number[], dilation: number[], groups: number, output_padding: number[] }} ConvolutionOptions:
 * padding at the top, left, bottom and right; all others for height and width */
/** @typedef {{ first: number[], size: number[], taps: Tap[] }} Part: of the output, that begins at first and has size rows and columns */
/** @typedef {{ kernel: number[], start: number[] }} Tap: a row and column of the kernel, and the input pixel that it meets first */

/** @type {Record<string, import("./network.js").LayerBuilder>} */
export const CONVOLUTION_BUILDERS = {
  /** W [n_out, n_in / groups, height, width] */
  conv(x, layer, weight) {
    const { stride, padding, dilation, groups } = withDefaults(layer), [C, ...size] = x.shape, group = C / groups;
    const kernels = weight("weight", [null, group, null, null]), [O, , ...kernel] = kernels.shape, bias = weight("bias", [O]);
    const shape = size.map((n, axis) => Math.floor((n + padding[axis] + padding[axis + 2] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1);
    const taps = listTaps(kernel).map((tap) => ({ kernel: tap, start: tap.map((n, axis) => n * dilation[axis] - padding[axis]) }));
    const findKernel = (/** @type {number} */ o, /** @type {number} */ c) => o * group + (c % group);
    return correlate(x, [{ first: [0, 0], size: shape, taps }], stride, [1, 1], [O, ...shape], groups, kernels, bias, findKernel);
  },

  /** W [n_in, n_out / groups, height, width], as one convolution for each remainder of an output row and column by the stride. */
  conv_transpose(x, layer, weight) {
    const { stride, padding, dilation, groups, output_padding } = withDefaults(layer), [C, ...size] = x.shape;
    const kernels = weight("weight", [C, null, null, null]), [, group, ...kernel] = kernels.shape, bias = weight("bias", [group * groups]);
    const shape = size.map((n, axis) => (n - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1 + output_padding[axis] - padding[axis] - padding[axis + 2]);
    const parts = listTaps(stride.map((n, axis) => Math.min(n, shape[axis]))).map((first) => ({
      first,
      size: shape.map((n, axis) => Math.max(Math.ceil((n - first[axis]) / stride[axis]), 0)),
      taps: listTaps(kernel)
        .map((tap) => ({ kernel: tap, start: tap.map((n, axis) => (first[axis] + padding[axis] - n * dilation[axis]) / stride[axis]) }))
        .filter(({ start }) => start.every(Number.isInteger)),
    }));
    const findKernel = (/** @type {number} */ o, /** @type {number} */ c) => c * group + (o % group);
    return correlate(x, parts, [1, 1], stride, [group * groups, ...shape], groups, kernels, bias, findKernel);
  },
};

/** Return all pairs of a row and a column.
 * @param {number[]} size @returns {number[][]} */
const listTaps = ([rows, columns]) => Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);

/**
 * Return a layer whose output pixels are sums of a kernel times input pixels. step, spread: between the pixels of the input
 * and of the output that follow one another; findKernel(o, c): the number of the kernel from channel c to channel o.
 * @param {import("./network.js").Values} x @param {Part[]} parts @param {number[]} step @param {number[]} spread @param {number[]} shape
 * @param {number} groups @param {import("./network.js").Weight} kernels @param {import("./network.js").Weight} bias
 * @param {(o: number, c: number) => number} findKernel @returns {[() => void, import("./network.js").Values]}
 */
function correlate(x, parts, step, spread, shape, groups, kernels, bias, findKernel) {
  const [C, H, W] = x.shape, [O, rows, columns] = shape, [kernelHeight, kernelWidth] = kernels.shape.slice(2), group = C / groups;
  // Zeros around the input, as far as taps reach.
  const starts = (/** @type {number} */ axis) => parts.flatMap(({ taps }) => taps.map(({ start }) => -start[axis]));
  const ends = (/** @type {number} */ axis) => parts.flatMap(({ size, taps }) => taps.map(({ start }) => start[axis] + (size[axis] - 1) * step[axis] + 1));
  const top = Math.max(0, ...starts(0)), left = Math.max(0, ...starts(1));
  const height = top + Math.max(H, ...ends(0)), width = left + Math.max(W, ...ends(1));
  const padded = new Float32Array(C * height * width), y = new Float32Array(O * rows * columns), input = x.data;
  const plans = parts.map(({ first, size, taps }) => {
    const n = 4 * Math.ceil((group * taps.length) / 4); // four at a time; those beyond the last have the factor 0
    const offsets = new Int32Array(n), positions = taps.map(({ kernel: [a, b] }) => a * kernelWidth + b);
    for (let c = 0, t = 0; c < group; c++) for (const { start } of taps) offsets[t++] = (c * height + start[0] + top) * width + start[1] + left;
    return { first, size, offsets, positions, factors: new Float32Array(n), sum: new Float64Array(size[0] * size[1]) };
  });
  const run = () => {
    for (let c = 0, k = 0; c < C; c++)
      for (let i = 0; i < H; i++, k += W) padded.set(input.subarray(k, k + W), (c * height + i + top) * width + left);
    for (let o = 0; o < O; o++) {
      const firstChannel = Math.floor((o * groups) / O) * group;
      for (const { first, size, offsets, positions, factors, sum } of plans) {
        for (let c = 0, t = 0; c < group; c++) {
          const start = findKernel(o, firstChannel + c) * kernelHeight * kernelWidth;
          for (const position of positions) factors[t++] = kernels.current[start + position];
        }
        sum.fill(bias.current[o]);
        addTaps(sum, size, padded, firstChannel * height * width, step[0] * width, step[1], offsets, factors);
        for (let i = 0, s = 0; i < size[0]; i++)
          for (let j = 0, at = (o * rows + first[0] + i * spread[0]) * columns + first[1]; j < size[1]; j++, s++, at += spread[1]) y[at] = sum[s];
      }
    }
  };
  return [run, { data: y, shape }];
}

/** Add to each sum the factors times the pixels at these offsets from it.
 * @param {Float64Array} sum @param {number[]} size @param {Float32Array} pixels @param {number} start @param {number} down @param {number} right
 * @param {Int32Array} offsets @param {Float32Array} factors */
function addTaps(sum, [rows, columns], pixels, start, down, right, offsets, factors) {
  for (let t = 0; t < offsets.length; t += 4) {
    const f0 = factors[t], f1 = factors[t + 1], f2 = factors[t + 2], f3 = factors[t + 3];
    const o0 = offsets[t], o1 = offsets[t + 1], o2 = offsets[t + 2], o3 = offsets[t + 3];
    for (let i = 0, s = 0; i < rows; i++)
      for (let j = 0, p = start + i * down; j < columns; j++, s++, p += right)
        sum[s] += f0 * pixels[p + o0] + f1 * pixels[p + o1] + f2 * pixels[p + o2] + f3 * pixels[p + o3];
  }
}

/** @param {Partial<ConvolutionOptions>} layer @returns {ConvolutionOptions} */
function withDefaults({ stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1, output_padding = [0, 0] }) {
  return { stride, padding, dilation, groups, output_padding };
}
