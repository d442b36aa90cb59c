// Training in the browser: Adam on the mean of distortion + beta·rate of a batch. Each epoch shuffles the images anew.

import { UserFacingError } from "../errors.js";
import { combineSeeds, fillNormal, seedUniform } from "../random.js";
import { Adam } from "./adam.js";
import { Autoencoder } from "./autoencoder.js";
import { restoreCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { DEFAULT_SETTINGS, FIXED_SETTINGS, changeSettings } from "./settings.js";
import { readWeights, writeWeights } from "./weights.js";

/** @typedef {import("./settings.js").TrainingSettings} TrainingSettings */
/** @typedef {import("./checkpoint.js").Checkpoint} Checkpoint */
/** @typedef {import("./weights.js").Weights} Weights */
/** @typedef {import("./autoencoder.js").Losses} Losses */
/** @typedef {Losses & { step: number, epoch: number, epochsDone: number, beta: number }} Progress step and epoch count from 1, epochsDone has a fraction */
/** @typedef {{ n: number, pixels: number, images: Float32Array, testImages?: Float32Array }} Images images [n, pixels] in [0, 1] */
/** @typedef {Images & { settings?: Partial<TrainingSettings>, weights?: Weights }} Source */

const STREAMS = { weights: 0, order: 1, posterior: 2, input: 3, evaluation: 4 }; // of random numbers
const CHUNK_ROWS = 64; // images that are encoded or decoded at a time

/** Trains a new model, or one with given weights. The random numbers of a step depend on the seed and the step's number alone: trainers of one
 * seed see the same batches and noise. */
export class Trainer {
  /** @param {Source} source */
  constructor({ images, n, pixels, settings = {}, weights, testImages = images }) {
    if (!(n > 0) || images.length !== n * pixels) throw new UserFacingError("There are no images to train on. Choose other images.");
    this.images = images;
    this.testImages = testImages;
    this.n = n;
    this.settings = changeSettings(DEFAULT_SETTINGS, settings);
    const { latent_dim, width, depth, seed } = this.settings;
    this.autoencoder = new Autoencoder({ pixels, latent_dim, width, depth }, combineSeeds(seed, STREAMS.weights));
    this.adam = new Adam(this.autoencoder.parameters.length);
    this.order = new Int32Array(n);
    this.step = 0; // batches so far
    this.epoch = 0; // complete epochs
    this.position = 0; // images of the present epoch so far
    this.hasDiverged = false;
    if (weights) writeWeights(this.autoencoder, this.settings, weights);
    this.reserve();
    this.shuffle();
    this.lastGood = saveCheckpoint(this);
  }

  /** Change settings from the next batch on. A training that has diverged goes on from its last good weights.
   * @param {Partial<TrainingSettings>} changes */
  update(changes) {
    const before = this.settings, after = changeSettings(before, changes), fixed = FIXED_SETTINGS.find((name) => before[name] !== after[name]);
    if (fixed) throw new UserFacingError(`Another ${fixed.replace("_", " ")} needs a new training. Restart it.`);
    if (before.model !== after.model || before.likelihood !== after.likelihood) this.adam.reset(); // its moments are of another loss
    this.settings = after;
    this.hasDiverged = false;
    this.reserve();
  }

  /** Learn from the next batch. Return its losses, before the step; null if the training has diverged, now or before.
   * @returns {Progress | null} */
  runBatch() {
    if (this.hasDiverged) return null;
    const { autoencoder, settings, position } = this, rows = Math.min(settings.batch_size, this.n - position);
    const epochsDone = this.epoch + position / this.n, beta = settings.beta * (settings.beta_warmup ? Math.min(epochsDone / settings.beta_warmup, 1) : 1);
    const losses = autoencoder.computeLoss(this.prepareBatch(rows), rows, { ...settings, beta }, true);
    if (!Number.isFinite(losses.loss)) return this.diverge();
    if (!position) saveCheckpoint(this, this.lastGood); // now that the loss of these weights is known
    this.adam.update(autoencoder.parameters, autoencoder.gradients, settings.learning_rate);
    autoencoder.followSigma(settings.likelihood, rows);
    const progress = { ...losses, step: ++this.step, epoch: this.epoch + 1, epochsDone, beta };
    this.position += rows;
    if (this.position === this.n) this.endEpoch();
    return progress;
  }

  /** Copy the images of the next batch, draw its noise, and return what is encoded.
   * @param {number} rows */
  prepareBatch(rows) {
    const { images, order, position, step, settings: { model, input_noise, seed }, autoencoder: { pixels, latentDim, x, input, eps } } = this;
    for (let r = 0, i = 0; r < rows; r++) for (let k = order[position + r] * pixels, end = k + pixels; k < end; k++, i++) x[i] = images[k];
    if (model === "vae") fillNormal(eps, rows * latentDim, seedUniform(combineSeeds(seed, STREAMS.posterior, step)));
    if (!input_noise) return x;
    fillNormal(input, rows * pixels, seedUniform(combineSeeds(seed, STREAMS.input, step)));
    for (let i = 0; i < rows * pixels; i++) input[i] = x[i] + input_noise * input[i];
    return input;
  }

  endEpoch() {
    this.epoch++;
    this.position = 0;
    this.shuffle();
  }

  /** Go back to the weights at the beginning of the epoch or, if they were bad already, of the one before.
   * @returns {null} */
  diverge() {
    restoreCheckpoint(this, this.lastGood);
    this.hasDiverged = true;
    return null;
  }

  /** Shuffle the images (Fisher and Yates, 1938). */
  shuffle() {
    const { order } = this, uniform = seedUniform(combineSeeds(this.settings.seed, STREAMS.order, this.epoch));
    for (let i = 0; i < order.length; i++) {
      const j = Math.floor(uniform() * (i + 1));
      order[i] = order[j];
      order[j] = i;
    }
  }

  reserve() {
    this.autoencoder.reserve(Math.max(Math.min(this.settings.batch_size, this.n), CHUNK_ROWS));
  }

  /** Return mu and logvar [n, D] of images [n, pixels]; logvar is null for an AE. */
  encode(images = this.testImages) {
    return this.autoencoder.encode(images, this.settings.model, CHUNK_ROWS);
  }

  /** Return the images E[x|z], [n, pixels], of codes [n, D].
   * @param {Float32Array} codes */
  decode(codes) {
    return this.autoencoder.decode(codes, this.settings.likelihood, CHUNK_ROWS);
  }

  /** Return the mean losses of images [n, pixels], with one posterior sample each, of the same noise at each call. */
  evaluate(images = this.testImages) {
    const { autoencoder, settings } = this, { pixels, latentDim, eps } = autoencoder, n = images.length / pixels;
    const uniform = seedUniform(combineSeeds(settings.seed, STREAMS.evaluation));
    const means = { distortion: 0, rate: 0, loss: 0 };
    for (let first = 0; first < n; first += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, n - first);
      autoencoder.x.set(images.subarray(first * pixels, (first + rows) * pixels));
      fillNormal(eps, rows * latentDim, uniform);
      const losses = autoencoder.computeLoss(autoencoder.x, rows, settings, false);
      for (const name of /** @type {(keyof Losses)[]} */ (["distortion", "rate", "loss"])) means[name] += (rows / n) * losses[name];
    }
    return { ...means, n };
  }

  readWeights() {
    return readWeights(this.autoencoder, this.settings);
  }

  /** Go on from other weights. Throw a UserFacingError, and change nothing, if they do not fit the settings.
   * @param {Weights} weights */
  loadWeights(weights) {
    writeWeights(this.autoencoder, this.settings, weights);
    this.adam.reset();
    this.hasDiverged = false;
    saveCheckpoint(this, this.lastGood);
  }

  /** Return all that restore() needs to go on as if nothing had happened, as numbers and typed arrays. */
  state() {
    return { settings: this.settings, n: this.n, ...saveCheckpoint(this) };
  }

  /** Throw a UserFacingError, and change nothing, if the state does not fit.
   * @param {ReturnType<Trainer["state"]>} state of a trainer of the same images, latent dimension, width, depth and seed */
  restore(state) {
    const size = this.autoencoder.parameters.length, arrays = [state.parameters, state.means, state.squares];
    if (state.n !== this.n || arrays.some((array) => array?.length !== size || !array.every(Number.isFinite)))
      throw new UserFacingError("The saved training is of other images or another network. Restart it.");
    this.update(state.settings);
    restoreCheckpoint(this, state);
    saveCheckpoint(this, this.lastGood);
  }
}
