// Layers of a network that change each number by itself, in place.

import { continuousBernoulliMean } from "./continuous_bernoulli.js";
import { erf } from "./erf.js";

/** @typedef {(x: import("./network.js").Values, layer: import("./network.js").Layer) => [() => void, import("./network.js").Values]} ElementwiseBuilder */

/** Return the builder of a layer that applies a function to each number. make(layer): the function.
 * @param {(layer: import("./network.js").Layer) => (v: number) => number} make @returns {ElementwiseBuilder} */
const applyToEach = (make) => (x, layer) => {
  const { data } = x, f = make(layer);
  return [() => { for (let i = 0; i < data.length; i++) data[i] = f(data[i]); }, x];
};

/** @type {Record<string, ElementwiseBuilder>} */
export const ELEMENTWISE_BUILDERS = {
  relu: applyToEach(() => (v) => (v > 0 ? v : 0)),
  leaky_relu: applyToEach(({ slope = 0.01 }) => (v) => (v > 0 ? v : slope * v)),
  elu: applyToEach(({ alpha = 1 }) => (v) => (v > 0 ? v : alpha * Math.expm1(v))),
  gelu: applyToEach(({ is_tanh }) => (is_tanh
    ? (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)))
    : (v) => 0.5 * v * (1 + erf(v / Math.SQRT2)))),
  silu: applyToEach(() => (v) => v / (1 + Math.exp(-v))),
  tanh: applyToEach(() => Math.tanh),
  sigmoid: applyToEach(() => (v) => 1 / (1 + Math.exp(-v))),
  clip: applyToEach(({ low = 0, high = 1 }) => (v) => Math.min(Math.max(v, low), high)),
  clamp: applyToEach(() => (v) => (v > 0 ? (v < 1 ? v : 1) : 0)),
  continuous_bernoulli_mean: applyToEach(() => continuousBernoulliMean),
};
