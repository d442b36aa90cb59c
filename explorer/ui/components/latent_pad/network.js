// A network's forward pass for one input at a time. Pure arithmetic, checked against torch in a real browser.

/** Where u lies among rising values: [i, t], between values[i] and values[i + 1]. */
export function between(values, u) {
  if (values.length < 2 || u <= values[0]) return [0, 0];
  let i = values.length - 2;
  while (values[i] > u) i--;
  return [i, Math.min((u - values[i]) / (values[i + 1] - values[i]), 1)];
}

/**
 * A stack of layers from a block: about.layers are { kind: dense | upconv | relu | sigmoid | clamp | reshape }, those
 * with weights named by `name`; every weight has a leading axis of rungs, which lie at about.rungs along a film's axis.
 */
export class Network {
  constructor({ about, tensors }) {
    this.rungs = about.rungs;
    this.weights = []; // { rungs: [Float32Array], now: Float32Array }
    this.mixedAt = null;
    this.input = new Float32Array(about.input);
    let x = { data: this.input, shape: [about.input] };
    this.steps = [];
    for (const layer of about.layers) {
      const [run, y] = LAYERS[layer.kind](x, layer, (part, ...expected) => this.weight(tensors(), `${layer.name}.${part}`, ...expected));
      if (run) this.steps.push(run);
      x = y;
    }
    this.output = x.data;
    this.shape = x.shape;
  }

  weight(tensors, name, rest, arranged = (kernels) => kernels) {
    const { shape, data } = tensors[name] ?? { shape: [] };
    const wanted = [this.rungs.length, ...rest];
    if (shape.length !== wanted.length || wanted.some((n, i) => n !== null && n !== shape[i]))
      throw new Fault(`The weights ${name} have the shape [${shape}], where the network in their header needs [${wanted.map((n) => n ?? "any")}]. ${REMEDY}`);
    const size = data.length / this.rungs.length;
    const rungs = this.rungs.map((_, i) => arranged(data.subarray(i * size, (i + 1) * size), shape.slice(1)));
    const weight = { rungs, shape: shape.slice(1), now: rungs.length > 1 ? new Float32Array(size) : rungs[0] };
    this.weights.push(weight);
    return weight;
  }

  /** Mixes the weights of the two rungs around u. */
  mix(u) {
    if (this.rungs.length < 2 || u === this.mixedAt) return;
    const [i, t] = between(this.rungs, u);
    for (const { rungs, now } of this.weights) {
      const a = rungs[i], b = rungs[i + 1];
      for (let k = 0; k < now.length; k++) now[k] = a[k] + t * (b[k] - a[k]);
    }
    this.mixedAt = u;
  }

  /** z -> the last layer's numbers; the array is reused by the next call. */
  forward(z, u = 0) {
    this.mix(u);
    this.input.set(z);
    for (const step of this.steps) step();
    return this.output;
  }
}

const product = (shape) => shape.reduce((a, b) => a * b, 1);

const elementwise = (f) => (x) => {
  const { data } = x;
  return [() => { for (let i = 0; i < data.length; i++) data[i] = f(data[i]); }, x];
};

const LAYERS = {
  relu: elementwise((v) => (v > 0 ? v : 0)),
  sigmoid: elementwise((v) => 1 / (1 + Math.exp(-v))),
  clamp: elementwise((v) => (v > 0 ? (v < 1 ? v : 1) : 0)),

  softmax(x) {
    const { data } = x;
    return [() => {
      const top = Math.max(...data);
      let sum = 0;
      for (let i = 0; i < data.length; i++) sum += data[i] = Math.exp(data[i] - top);
      for (let i = 0; i < data.length; i++) data[i] /= sum;
    }, x];
  },

  reshape(x, { shape }) {
    if (product(shape) !== x.data.length) throw new Fault(`A layer of ${x.data.length} numbers can't take the shape [${shape}]. ${REMEDY}`);
    return [null, { data: x.data, shape }];
  },

  /** y = W x + b, W [n_out, n_in] */
  dense(x, layer, weight) {
    const n = x.data.length;
    const w = weight("weight", [null, n]), b = weight("bias", [w.shape[0]]);
    const input = x.data, y = new Float32Array(w.shape[0]);
    const run = () => {
      const W = w.now, B = b.now;
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
   * output pixel of parity (a, b) meets the inputs at 0 and at -1 (a = 0) or +1 (a = 1), with the kernel's rows TAPS[a].
   */
  upconv(x, layer, weight) {
    const [C, H, W] = x.shape, w = weight("weight", [C, null, 4, 4], byParity), O = w.shape[1], b = weight("bias", [O]);
    const TAPS_AT = [[0, -1], [0, 1]], wide = W + 2;
    const padded = new Float32Array(C * (H + 2) * wide), y = new Float32Array(O * 4 * H * W), sum = new Float64Array(H * W);
    const input = x.data;
    const run = () => {
      for (let c = 0, k = 0; c < C; c++)
        for (let i = 0; i < H; i++, k += W) padded.set(input.subarray(k, k + W), (c * (H + 2) + i + 1) * wide + 1);
      const K = w.now, B = b.now;
      let k = 0;
      for (let o = 0; o < O; o++)
        for (let a = 0; a < 2; a++)
          for (let e = 0; e < 2; e++) {
            sum.fill(B[o]);
            const down = TAPS_AT[a][1] * wide, right = TAPS_AT[e][1];
            for (let c = 0; c < C; c++, k += 4) {
              const k0 = K[k], k1 = K[k + 1], k2 = K[k + 2], k3 = K[k + 3];
              for (let i = 0, s = 0; i < H; i++) {
                let p = (c * (H + 2) + i + 1) * wide + 1;
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

const TAPS = [[1, 3], [2, 0]];

/** Kernels [n_in, n_out, 4, 4] as upconv reads them: [n_out, 2, 2, n_in, 2, 2]. */
function byParity(kernels, [C, O]) {
  const sorted = new Float32Array(kernels.length);
  let k = 0;
  for (let o = 0; o < O; o++)
    for (let a = 0; a < 2; a++)
      for (let e = 0; e < 2; e++)
        for (let c = 0; c < C; c++)
          for (const row of TAPS[a]) for (const column of TAPS[e]) sorted[k++] = kernels[((c * O + o) * 4 + row) * 4 + column];
  return sorted;
}
