// One or two models that learn from the same images, a batch of each in turn. It runs in a worker, or in slices between the frames of a
// page, and answers messages; it knows neither.

import { UserFacingError } from "../errors.js";
import { Trainer } from "../training/trainer.js";
import { measureModel } from "./measures.js";

const ENCODING_SHARE = 0.25; // of the time at most, for the codes of the test images
const RATE_MS = 1000; // over which epochs a second are measured
/** @type {Record<string, (batchesPerEpoch: number) => number>} batches a second at the speeds that are not full */
const SPEEDS = { "one epoch a second": (batchesPerEpoch) => batchesPerEpoch, "five batches a second": () => 5 };

/** @typedef {import("../training/settings.js").TrainingSettings} TrainingSettings */
/** @typedef {{ trainer: Trainer, sums: { distortion: number, rate: number, loss: number, count: number } }} Model */

export class TrainingSession {
  /** post(message): to whoever has opened it; now(): the time in ms.
   * @param {(message: any) => void} post @param {() => number} [now] */
  constructor(post, now = () => performance.now()) {
    this.post = post;
    this.now = now;
    /** @type {Model[]} */
    this.models = [];
    this.generation = 0; // how often it was opened
    this.isRunning = this.isWanted = this.hasNews = this.hasFault = false;
    this.speed = "full";
    this.batchesLeft = this.due = this.encodingMs = this.trainingMs = this.epochsPerSecond = this.seconds = 0;
    /** @type {number | null} */
    this.lastSlice = null;
    /** @type {{ time: number, epochs: number } | null} */
    this.rateStart = null;
  }

  /** Whether there is something to compute now. */
  get isBusy() { return this.models.length > 0 && (this.isRunning || this.batchesLeft > 0); }

  /** Whether the next batch is not yet due, at a slow speed. */
  get isWaiting() { return this.batchesLeft === 0 && Boolean(SPEEDS[this.speed]) && this.due < 1; }

  get epochs() { return this.models[0].trainer.epoch + this.models[0].trainer.position / this.images.nTrain; }

  get batchesPerEpoch() { return Math.ceil(this.images.nTrain / this.models[0].trainer.settings.batch_size); }

  /** Take a message: { type: "images" | "open" | "change" | "run" | "step" | "want" | "measure" | "save" | "restore", … }.
   * @param {any} message */
  receive(message) {
    const { type } = message;
    if (type === "images") this.images = message;
    else if (type === "open") this.open(message.settings, message.generation);
    else if (type === "change") this.change(message.settings);
    else if (type === "run") Object.assign(this, { isRunning: message.isRunning, speed: message.speed, lastSlice: null, rateStart: null, due: 0 });
    else if (type === "step") this.batchesLeft += message.isEpoch ? this.batchesToEpoch() : 1;
    else if (type === "want") this.isWanted = true;
    else if (type === "measure") this.measure();
    else if (type === "save") this.save();
    else if (type === "restore") this.restore(message);
    this.answer();
  }

  /** Restart, with the settings of each model.
   * @param {TrainingSettings[]} settings @param {number} generation */
  open(settings, generation) {
    const { train: images, test: testImages, nTrain: n, pixels } = this.images;
    this.models = settings.map((own) => ({ trainer: new Trainer({ images, testImages, n, pixels, settings: own }), sums: emptySums() }));
    Object.assign(this, { generation, batchesLeft: 0, due: 0, rateStart: null, epochsPerSecond: 0, seconds: 0, hasNews: true, hasFault: false });
  }

  /** @param {TrainingSettings[]} settings */
  change(settings) {
    settings.forEach((own, i) => this.models[i].trainer.update(own));
    this.hasNews = true;
  }

  /** Return the batches until the end of an epoch, after those that are left. */
  batchesToEpoch() {
    const { batchesLeft, batchesPerEpoch, images: { nTrain } } = this, { trainer: { position, settings } } = this.models[0];
    const rest = (Math.ceil((nTrain - position) / settings.batch_size) - batchesLeft) % batchesPerEpoch;
    return rest > 0 ? rest : rest + batchesPerEpoch;
  }

  /** Compute the batches that are due, for so many ms at most.
   * @param {number} milliseconds */
  runSlice(milliseconds) {
    const start = this.now();
    this.addDue(start);
    while (this.takeBatch() && this.runBatches()) if (this.now() - start >= milliseconds) break;
    this.trainingMs += this.now() - start;
    this.seconds += (this.now() - start) / 1000;
    this.measureSpeed();
    this.answer();
  }

  /** Let batches become due, at a speed that is not full.
   * @param {number} time */
  addDue(time) {
    const perSecond = SPEEDS[this.speed]?.(this.batchesPerEpoch) ?? 0, elapsed = this.lastSlice === null ? 1000 / perSecond : time - this.lastSlice;
    if (perSecond && this.isRunning) this.due = Math.min(this.due + (perSecond * elapsed) / 1000, Math.max(perSecond, 1));
    this.lastSlice = time;
  }

  /** Return whether a batch is to be computed now, and count it. */
  takeBatch() {
    if (this.batchesLeft > 0) return this.batchesLeft-- > 0;
    if (!this.isRunning || !SPEEDS[this.speed]) return this.isRunning;
    return this.due >= 1 && this.due-- >= 1;
  }

  /** Compute a batch of each model. Return false if one has diverged: it has then gone back to the weights of its last epoch. */
  runBatches() {
    this.hasNews = true;
    for (const { trainer, sums } of this.models) {
      const losses = trainer.runBatch();
      if (!losses) {
        Object.assign(this, { hasFault: true, isRunning: false, batchesLeft: 0 });
        return false;
      }
      for (const name of /** @type {const} */ (["distortion", "rate", "loss"])) sums[name] += losses[name];
      sums.count++;
    }
    return true;
  }

  measureSpeed() {
    if (!this.isRunning) return void (this.rateStart = null);
    const time = this.now(), { epochs } = this;
    this.rateStart ??= { time, epochs };
    if (time - this.rateStart.time < RATE_MS) return;
    this.epochsPerSecond = (1000 * (epochs - this.rateStart.epochs)) / (time - this.rateStart.time);
    this.rateStart = { time, epochs };
  }

  /** Post what a run contains of each model, as it is now. */
  measure() {
    const { generation, epochs, seconds, images: { test } } = this;
    this.post({ type: "measured", generation, epochs, seconds, models: this.models.map(({ trainer }) => measureModel(trainer, test)) });
  }

  /** Post all that restore() needs. */
  save() {
    const { generation, seconds } = this;
    this.post({ type: "saved", generation, seconds, trainers: this.models.map(({ trainer }) => trainer.state()) });
  }

  /** Continue a training that save() has posted, and tell so; if it does not fit these images and settings, stay at the first weights.
   * @param {{ trainers: any[], seconds: number }} saved */
  restore({ trainers, seconds }) {
    const { models, generation } = this, settings = models.map(({ trainer }) => trainer.settings);
    try {
      models.forEach(({ trainer }, i) => trainer.restore(trainers[i]));
    } catch (error) {
      if (!(error instanceof UserFacingError)) throw error;
      return this.open(settings, generation);
    }
    Object.assign(this, { seconds, hasNews: true });
    this.post({ type: "restored", generation });
  }

  /** Post the state of the models, if it is wanted and new, and the codes do not take too large a share of the time. */
  answer() {
    if (!this.isWanted || !this.hasNews || !this.models.length) return;
    if (this.isBusy && this.trainingMs < this.encodingMs * (1 / ENCODING_SHARE - 1)) return;
    const start = this.now(), { generation, hasFault, epochsPerSecond, seconds } = this;
    const models = this.models.map((model) => describeModel(model));
    Object.assign(this, { isWanted: false, hasNews: false, hasFault: false, encodingMs: this.now() - start, trainingMs: 0 });
    this.post({ type: "state", generation, hasFault, epochsPerSecond, seconds, epochs: this.epochs, step: this.models[0].trainer.step, models });
  }
}

const emptySums = () => ({ distortion: 0, rate: 0, loss: 0, count: 0 });

/** Return the codes of the test images, the weights, the present KL weight, and the mean losses of the batches since the last time.
 * @param {Model} model */
function describeModel(model) {
  const { trainer, sums } = model, { beta, beta_warmup: warmup } = trainer.settings, epochs = trainer.epoch + trainer.position / trainer.n;
  model.sums = emptySums();
  return {
    ...trainer.encode(), weights: trainer.readWeights(), likelihood: trainer.settings.likelihood, beta: beta * (warmup ? Math.min(epochs / warmup, 1) : 1), isWarming: trainer.settings.model === "vae" && epochs < warmup,
    distortion: sums.distortion / sums.count, rate: sums.rate / sums.count, loss: sums.loss / sums.count,
  };
}
