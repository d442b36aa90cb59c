// The settings of a training in the browser, named as those of a run (explorer/specs.py) where it has them.

import { UserFacingError } from "../errors.js";
import { LIKELIHOODS } from "./likelihoods.js";

/**
 * @typedef {object} TrainingSettings
 * @property {"ae" | "vae"} model
 * @property {string} likelihood
 * @property {number} sigma of the Gaussian likelihood
 * @property {number} latent_dim
 * @property {number} width
 * @property {number} depth number of hidden layers; 0 is the network `linear`
 * @property {number} beta KL weight
 * @property {number} beta_warmup number of epochs in which the KL weight rises from 0 to beta
 * @property {number} learning_rate
 * @property {number} batch_size
 * @property {number} input_noise standard deviation of the noise on the pixels that are encoded
 * @property {number} seed
 */

/** @type {TrainingSettings} */
export const DEFAULT_SETTINGS = { model: "vae", likelihood: "bernoulli", sigma: 0.1, latent_dim: 2, width: 100, depth: 1, beta: 1, beta_warmup: 0, learning_rate: 2e-3, batch_size: 64, input_noise: 0, seed: 0 };

/** @type {("latent_dim" | "width" | "depth" | "seed")[]} */
export const FIXED_SETTINGS = ["latent_dim", "width", "depth", "seed"]; // during a training

/** @type {Record<string, { low: number, whole?: boolean }>} */
const LIMITS = {
  latent_dim: { low: 1, whole: true }, width: { low: 1, whole: true }, depth: { low: 0, whole: true }, batch_size: { low: 1, whole: true }, seed: { low: 0, whole: true },
  beta: { low: 0 }, beta_warmup: { low: 0 }, input_noise: { low: 0 }, sigma: { low: Number.MIN_VALUE }, learning_rate: { low: Number.MIN_VALUE },
};

/** Return settings with some replaced. Throw a UserFacingError for a value that no training can have.
 * @param {TrainingSettings} settings @param {Partial<TrainingSettings>} changes @returns {TrainingSettings} */
export function changeSettings(settings, changes) {
  for (const [name, value] of Object.entries(changes)) {
    const limit = LIMITS[name], label = name.replace("_", " ");
    if (limit ? !(Number.isFinite(value) && Number(value) >= limit.low && (!limit.whole || Number.isInteger(value))) : name === "model" ? value !== "ae" && value !== "vae" : name !== "likelihood" || !Object.hasOwn(LIKELIHOODS, value))
      throw new UserFacingError(`A training cannot have the ${label} ${value}. Choose another value.`);
  }
  return { ...settings, ...changes };
}
