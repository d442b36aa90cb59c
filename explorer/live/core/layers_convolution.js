// Convolutions and transposed convolutions of any kernel, stride, padding, dilation and groups.

/** @typedef {{ stride: number[], padding: number[], dilation: number[], groups: number, output_padding: number[] }} ConvolutionOptions:
 * padding at the top, left, bottom and right; all others for height and width */

/** @type {Record<string, import("./network.js").LayerBuilder>} */
export const CONVOLUTION_BUILDERS = {
  /** W [n_out, n_in / groups, height, width] */
  conv(x, layer, weight) {
    const { stride, padding: [top, left, bottom, right], dilation, groups } = withDefaults(layer);
    const [C, H, W] = x.shape, group = C / groups, kernels = weight("weight", [null, group, null, null]);
    const [O, , kernelHeight, kernelWidth] = kernels.shape, bias = weight("bias", [O]), input = x.data;
    const height = H + top + bottom, width = W + left + right;
    const rows = Math.floor((height - dilation[0] * (kernelHeight - 1) - 1) / stride[0]) + 1;
    const columns = Math.floor((width - dilation[1] * (kernelWidth - 1) - 1) / stride[1]) + 1;
    const padded = new Float32Array(C * height * width), sum = new Float64Array(rows * columns), y = new Float32Array(O * rows * columns);
    const run = () => {
      for (let c = 0, k = 0; c < C; c++)
        for (let i = 0; i < H; i++, k += W) padded.set(input.subarray(k, k + W), (c * height + i + top) * width + left);
      for (let o = 0, k = 0; o < O; o++) {
        sum.fill(bias.current[o]);
        const first = Math.floor(o / (O / groups)) * group;
        for (let c = first; c < first + group; c++)
          for (let a = 0; a < kernelHeight; a++)
            for (let b = 0; b < kernelWidth; b++, k++) {
              const factor = kernels.current[k];
              for (let i = 0, s = 0; i < rows; i++) {
                let p = (c * height + i * stride[0] + a * dilation[0]) * width + b * dilation[1];
                for (let j = 0; j < columns; j++, s++, p += stride[1]) sum[s] += factor * padded[p];
              }
            }
        y.set(sum, o * sum.length);
      }
    };
    return [run, { data: y, shape: [O, rows, columns] }];
  },

  /** W [n_in, n_out / groups, height, width] */
  conv_transpose(x, layer, weight) {
    const { stride, padding: [top, left, bottom, right], dilation, groups, output_padding: [below, beside] } = withDefaults(layer);
    const [C, H, W] = x.shape, kernels = weight("weight", [C, null, null, null]), [, group, kernelHeight, kernelWidth] = kernels.shape;
    const O = group * groups, bias = weight("bias", [O]), input = x.data;
    // The sums of all that the kernels reach, of which the padding is left out at the end.
    const height = (H - 1) * stride[0] + dilation[0] * (kernelHeight - 1) + 1 + below;
    const width = (W - 1) * stride[1] + dilation[1] * (kernelWidth - 1) + 1 + beside;
    const rows = height - top - bottom, columns = width - left - right;
    const sum = new Float64Array(height * width), y = new Float32Array(O * rows * columns);
    const run = () => {
      for (let o = 0, at = 0; o < O; o++) {
        sum.fill(bias.current[o]);
        const first = Math.floor(o / group) * (C / groups);
        for (let c = first; c < first + C / groups; c++)
          for (let a = 0; a < kernelHeight; a++)
            for (let b = 0; b < kernelWidth; b++) {
              const factor = kernels.current[((c * group + (o % group)) * kernelHeight + a) * kernelWidth + b];
              for (let i = 0, s = c * H * W; i < H; i++) {
                let p = (i * stride[0] + a * dilation[0]) * width + b * dilation[1];
                for (let j = 0; j < W; j++, s++, p += stride[1]) sum[p] += factor * input[s];
              }
            }
        for (let i = 0; i < rows; i++, at += columns) {
          const start = (i + top) * width + left;
          y.set(sum.subarray(start, start + columns), at);
        }
      }
    };
    return [run, { data: y, shape: [O, rows, columns] }];
  },
};

/** @param {Partial<ConvolutionOptions>} layer @returns {ConvolutionOptions} */
function withDefaults({ stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1, output_padding = [0, 0] }) {
  return { stride, padding, dilation, groups, output_padding };
}
