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
export const DEFAULT_SETTINGS = {
  ...{ model: "vae", likelihood: "bernoulli", sigma: 0.1, latent_dim: 2, width: 100, depth: 1 },
  ...{ beta: 1, beta_warmup: 0, learning_rate: 2e-3, batch_size: 64, input_noise: 0, seed: 0 },
};

/** @type {("latent_dim" | "width" | "depth" | "seed")[]} */
export const FIXED_SETTINGS = ["latent_dim", "width", "depth", "seed"]; // during a training

const isCount = (/** @type {unknown} */ value) => Number.isInteger(value) && Number(value) > 0;
const isPositive = (/** @type {unknown} */ value) => Number.isFinite(value) && Number(value) > 0;
const isPositiveOrZero = (/** @type {unknown} */ value) => value === 0 || isPositive(value);

/** @type {Record<string, (value: unknown) => boolean>} */
const CHECKS = {
  model: (value) => value === "ae" || value === "vae",
  likelihood: (value) => Object.hasOwn(LIKELIHOODS, String(value)),
  sigma: isPositive,
  latent_dim: isCount,
  width: isCount,
  depth: (value) => value === 0 || isCount(value),
  beta: isPositiveOrZero,
  beta_warmup: isPositiveOrZero,
  learning_rate: isPositive,
  batch_size: isCount,
  input_noise: isPositiveOrZero,
  seed: (value) => value === 0 || isCount(value),
};

/** Return settings with some replaced. Throw a UserFacingError for a value that no training can have.
 * @param {TrainingSettings} settings @param {Partial<TrainingSettings>} changes @returns {TrainingSettings} */
export function changeSettings(settings, changes) {
  for (const [name, value] of Object.entries(changes))
    if (!CHECKS[name]?.(value)) throw new UserFacingError(`A training cannot have the ${name.replace("_", " ")} ${value}. Choose another value.`);
  return { ...settings, ...changes };
}
