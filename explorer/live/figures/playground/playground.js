// The playground: an AE or a VAE, or two of them, that the browser trains, and all that can be changed while it learns.

import { describeCode } from "../../core/format.js";
import { createView } from "../../core/map_view.js";
import { CURVES } from "../../core/playground/toy_images.js";
import { createElement, readTheme } from "../../view/dom.js";
import { createLegend } from "../../view/legend.js";
import { Figure } from "../figure.js";
import { Curves } from "./curves.js";
import { Drawings } from "./drawings.js";
import { Engine } from "./engine.js";
import { createExports } from "./exports.js";
import { makeToySet, readImageSet, toSessionImages } from "./image_sets.js";
import { Learner } from "./learner.js";
import { connectLearner } from "./pointer.js";
import { createPanel } from "./panel.js";
import { createPresets } from "./presets.js";
import { SavedTraining } from "./saved_training.js";
import { presetValues, restartKey, toTrainerSettings } from "./settings.js";
import { Transport } from "./transport.js";

const REST_MS = 150; // after the last state, until there is time for more
const DIVERGED = "The training diverged, and the model of its last whole epoch was restored: choose a lower learning rate, and press Play or Reset.";
const RESTORED = "This page was opened again, and has restored its last model. Press Play to continue, or Reset.";
const MAX_SEED = 9999;
const SAVE_MS = { playing: 5000, paused: 300 }; // from a new state until it is saved; the second also from new settings

export class Playground extends Figure {
  /** blocks: images by name, and the script of the worker; options: { presets, version, has_app: whether Python imports a run }. */
  build() {
    Object.assign(this, { generation: 0, isPlaying: false, learners: [], state: null, stateTime: 0, message: "", openKey: "", settingsKey: "", sets: new Map(), view: createView(), hasOpened: false, saved: new SavedTraining(), savedRecord: null, saveTimer: null });
    this.engine = new Engine(this.blocks.worker.tensors().script.data, { onMessage: (message) => this.receive(message), onFault: this.showError });
    this.engine.send({ type: "want" });
    this.panel = createPanel(this.controls);
    this.presets = createPresets(this.options.presets, (preset) => this.choosePreset(preset));
    this.transport = new Transport({ onPlay: (isPlaying) => this.play(isPlaying), onStep: (isEpoch) => this.step(isEpoch), onReset: () => this.restart(), onSeed: () => this.choose({ seed: Math.floor(Math.random() * (MAX_SEED + 1)) }) }, this.panel.speed);
    this.curves = new Curves(this.palette);
    this.drawings = new Drawings(() => this.painter.request());
    this.exports = createExports(this);
    this.legend = createElement("div.legend-place");
    this.models = createElement("div.learners");
    this.announcement = createElement("span.unseen", { "aria-live": "polite" });
    this.onVisibility = () => document.hidden && this.save();
    document.addEventListener("visibilitychange", this.onVisibility);
    this.saved.read().then((record) => this.takeSaved(record));
    return [createElement("div.playground", { role: "group", "aria-label": "Playground", "data-testid": "live-figure" },
      this.presets.element, this.transport.element, this.transport.message, this.drawings.element,
      createElement("div.workbench", {}, createElement("div.results", {}, this.legend, this.models), this.panel.element), this.curves.element, this.exports.element, this.announcement)];
  }

  arrange(...parts) {
    return parts;
  }

  /** Take images that arrive later. */
  async addBlocks(blocks) {
    Object.assign(this.blocks, blocks);
    this.painter.request();
  }

  // --- What the visitor does

  choose(values) {
    this.move(values);
    this.commit();
  }

  choosePreset(preset) {
    this.openKey = ""; // restart even if nothing has changed
    this.isPlaying = false;
    this.choose(presetValues(this.table.fields, preset));
  }

  play(isPlaying) {
    Object.assign(this, { isPlaying, message: "" });
    if (!isPlaying) this.save();
    this.announcement.textContent = isPlaying ? "The training runs." : `The training is paused. ${this.transport.status.textContent}`;
    this.painter.request();
  }

  /** Tell screen readers what is decoded now. */
  announceCodes() {
    this.announcement.textContent = this.learners.map(({ title, z }) => `${title.textContent}: the image is decoded from ${describeCode(z)}`).join("; ");
  }

  step(isEpoch) {
    Object.assign(this, { isPlaying: false, message: "" });
    this.engine.run(false, this.values.speed);
    this.engine.send({ type: "step", isEpoch });
    this.painter.request();
  }

  restart() {
    this.openKey = "";
    this.painter.request();
  }

  applyState(state, isNewest) {
    super.applyState(state, isNewest);
    if (!this.sentRun || state.last_message < this.sentRun) return;
    this.sentRun = null;
    this.send("run", {}); // so that it is not sent again with every message
    this.exports.say("");
  }

  // --- The session

  receive(message) {
    if (message.generation !== this.generation) return;
    if (message.type === "measured") return this.exports.receive(message);
    if (message.type === "saved") return this.write(message);
    if (message.type === "restored") return void (this.message = RESTORED);
    this.engine.send({ type: "want" });
    Object.assign(this, { state: message, stateTime: performance.now() });
    if (message.hasFault) Object.assign(this, { isPlaying: false, message: DIVERGED });
    message.models.forEach((model, i) => this.learners[i].receive(model));
    this.curves.add(message);
    if (message.step > 0) this.saveTimer ??= setTimeout(() => this.save(), this.isPlaying ? SAVE_MS.playing : SAVE_MS.paused);
    this.painter.request();
  }

  /** Return the images of this name, or null if they are not there yet. */
  readSet(name) {
    if (name === "drawings") return this.drawings.readSet(this.palette);
    const block = this.blocks[name];
    if ((block || CURVES[name]) && !this.sets.has(name)) this.sets.set(name, block ? readImageSet(block) : makeToySet(name, this.palette));
    return this.sets.get(name) ?? null;
  }

  /** Restart, if the values ask for other images or another network. */
  open(values) {
    const key = restartKey(values, this.drawings.version), set = this.readSet(values.dataset);
    this.drawings.element.hidden = values.dataset !== "drawings";
    if (key === this.openKey || (!set && this.openKey === "none")) return;
    this.openKey = set ? key : "none";
    Object.assign(this, { state: null, message: "", set, hasChanged: false });
    if (this.hasOpened) this.forgetSaved();
    this.generation++;
    this.models.replaceChildren();
    this.legend.replaceChildren();
    this.learners = [];
    if (!set) return void (this.message = this.drawings.element.hidden ? "The images are being loaded…" : "Draw something, and add it to the images.");
    const settings = toTrainerSettings(values), pixels = set.shape.reduce((a, b) => a * b);
    if (set !== this.sentSet) this.engine.send(toSessionImages(set));
    this.sentSet = set;
    this.engine.send({ type: "open", settings, generation: this.generation });
    this.settingsKey = JSON.stringify(settings);
    this.learners = settings.map((own, i) => new Learner(i, set, { pixels, ...own }, this.view, () => readTheme(this.element)));
    const [{ map }] = this.learners, repaint = () => this.learners.forEach((learner) => { learner.map.stale = true; this.painter.request(); });
    for (const learner of this.learners) {
      learner.map.hiddenClasses = map.hiddenClasses;
      learner.describe(settings[learner.index]);
      connectLearner(this, learner);
    }
    if (set.classes.length > 1) this.legend.append(createLegend(map.metadata.classes, map.hiddenClasses, repaint));
    this.models.append(...this.learners.map(({ element }) => element));
    this.models.classList.toggle("pair", this.learners.length > 1);
    this.curves.open(this.learners.length);
    this.hasOpened = true;
    this.restoreSaved();
  }

  // --- What outlives a reload of the page

  save() {
    clearTimeout(this.saveTimer);
    this.saveTimer = null;
    if (this.state?.step > 0) this.engine.send({ type: "save" });
  }

  /** Write what the session has saved. */
  write({ trainers, seconds }) {
    const { values: { dataset }, set, curves, hasChanged, drawings } = this;
    this.saved.write({ dataset, images: set.id, trainers, seconds, hasChanged, history: { ...curves.history }, drawings: dataset === "drawings" ? drawings.read() : [] });
  }

  /** Take what this tab has saved before the page was opened again, or null. */
  takeSaved(record) {
    this.savedRecord = record;
    if (record) this.drawings.restore(record.drawings);
    this.restoreSaved();
  }

  /** Continue the training of the saved record, if it has the present images and settings, and nothing has been trained. */
  restoreSaved() {
    const { savedRecord: record, learners, values: { dataset }, set, state, isPlaying } = this;
    if (!record || !learners.length) return;
    this.savedRecord = null;
    const { trainers, seconds, hasChanged, history } = record, settings = learners.map((learner) => learner.settings);
    const isSame = record.dataset === dataset && record.images === set.id && settings.length === trainers.length && settings.every((own, i) => Object.entries(own).every(([name, value]) => trainers[i].settings[name] === value));
    if (!isSame || isPlaying || state?.step > 0) return;
    this.engine.send({ type: "restore", trainers, seconds });
    this.curves.restore(history);
    this.hasChanged = hasChanged;
  }

  forgetSaved() {
    clearTimeout(this.saveTimer);
    Object.assign(this, { saveTimer: null, savedRecord: null });
    this.saved.forget();
  }

  /** Tell the session which settings have changed. */
  sendChanges(values) {
    const settings = toTrainerSettings(values), key = JSON.stringify(settings);
    if (key === this.settingsKey || !this.learners.length) return;
    this.settingsKey = key;
    this.hasChanged ||= this.state?.step > 0;
    this.engine.send({ type: "change", settings });
    this.learners.forEach((learner, i) => learner.describe(settings[i]));
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => this.save(), SAVE_MS.paused); // a reload compares them
  }

  paint(values) {
    this.open(values);
    this.sendChanges(values);
    this.engine.run(this.isPlaying && this.learners.length > 0, values.speed);
    this.panel.show(values);
    this.presets.show(values.preset);
    const isAtRest = !this.isPlaying && performance.now() - this.stateTime > REST_MS;
    let isMoving = !this.isPlaying && !isAtRest;
    for (const learner of this.learners) {
      if (learner.decodedPlane.isShown !== values.plane) Object.assign(learner.decodedPlane, { isShown: values.plane }) && (learner.map.stale = true);
      isMoving = learner.paint(isAtRest) || isMoving;
    }
    isMoving = this.curves.show(!this.isPlaying) || isMoving;
    this.transport.show(this.isPlaying, this.state, values.seed, this.message);
    this.exports.show(Boolean(this.state));
    if (isMoving) this.painter.request();
  }

  close() {
    clearTimeout(this.saveTimer);
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.saved.close();
    this.engine.close();
    this.curves.close();
    super.close();
  }
}
