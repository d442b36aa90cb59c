// Weights by their names, with the shapes that a run of explorer has.

import { UserFacingError } from "../errors.js";
import { LIKELIHOODS } from "./likelihoods.js";

/** @typedef {import("./autoencoder.js").Autoencoder} Autoencoder */
/** @typedef {import("./autoencoder.js").Choice} Choice */
/** @typedef {Record<string, { shape: number[], data: Float32Array }>} Weights */

/** Return where each weight lies in the parameters. The last layer of an AE's encoder has no logvar.
 * @param {Autoencoder} autoencoder @param {string} model */
function locateWeights({ layers, latentDim }, model) {
  const last = layers.findLastIndex(({ name }) => name.startsWith("encoder"));
  return layers.flatMap(({ name, n_in, n_out, weight, bias }, i) => {
    const rows = i === last && model === "ae" ? latentDim : n_out;
    return [
      { name: `${name}.weight`, shape: [rows, n_in], start: weight, end: weight + rows * n_in },
      { name: `${name}.bias`, shape: [rows], start: bias, end: bias + rows },
    ];
  });
}

/** Return a copy of the weights.
 * @param {Autoencoder} autoencoder @param {Choice} choice @returns {Weights} */
export function readWeights(autoencoder, { model, likelihood }) {
  /** @type {Weights} */
  const weights = LIKELIHOODS[likelihood].learnsSigma ? { log_sigma: { shape: [1], data: Float32Array.of(autoencoder.logSigma) } } : {};
  for (const { name, shape, start, end } of locateWeights(autoencoder, model)) weights[name] = { shape, data: autoencoder.parameters.slice(start, end) };
  return weights;
}

/** Replace the weights by those of a run with the same settings. Throw a UserFacingError, and change nothing, if they do not fit.
 * @param {Autoencoder} autoencoder @param {Choice} choice @param {Weights} weights */
export function writeWeights(autoencoder, { model, likelihood }, weights) {
  const places = locateWeights(autoencoder, model), learned = LIKELIHOODS[likelihood].learnsSigma ? [{ name: "log_sigma", shape: [1] }] : [];
  for (const { name, shape } of [...places, ...learned]) {
    const { shape: actualShape = [], data = [] } = weights[name] ?? {};
    if (`${actualShape}` !== `${shape}` || !data.every(Number.isFinite))
      throw new UserFacingError(`The weights ${name} do not fit these settings. Train the model again.`);
  }
  for (const { name, start } of places) autoencoder.parameters.set(weights[name].data, start);
  if (learned.length) autoencoder.logSigma = weights.log_sigma.data[0];
}
