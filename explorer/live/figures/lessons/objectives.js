// Three trainings of one network, each with another loss, over their epochs.

import { addFrames } from "../../core/differences.js";
import { arrangeImages } from "../../core/image_grid.js";
import { createElement, paintImage } from "../../view/dom.js";
import { LessonFigure } from "./lesson.js";

const TRAININGS = { reconstruction: "Reconstruction only", kl: "KL only", both: "Both" };
const VEILED = "reconstruction";
const DIGIT_SHAPES = ["circle", "square", "triangle", "diamond", "cross"];
const MIN_REACH = 3.2; // of a map, which includes the rings of the prior
const TRAINING_MAP_MARGIN = 1.06;
const MAX_DIFFERENCE = 0.2;
const TRAINING_IMAGE_GAP = 1; // px
const RINGS = { mean: [0, 0], covariance: [[1, 0], [0, 1]] };

const declareTraining = (title, beta, classNames) => ({
  title: `${title}, β = ${beta}`,
  description: "Codes of test images by class, with one, two and three standard deviations of the prior as rings",
  x: { title: "z₀", domain: [-MIN_REACH, MIN_REACH], hasGrid: false },
  y: { title: "z₁", domain: [-MIN_REACH, MIN_REACH], hasGrid: false },
  height: 260,
  toScale: true,
  legend: "none",
  parts: [
    { kind: "ellipse", name: "prior", label: "prior", colour: "grey", radii: [1, 2, 3] },
    { kind: "scatter", name: "codes", radius: 2.8, groups: classNames.map((label, i) => ({ label, colour: `class ${i}`, shape: DIGIT_SHAPES[i % DIGIT_SHAPES.length] })) },
  ],
});

/** Return the domains of a square map that contains the rings and codes [n, 2]. */
function encloseCodes(codes) {
  let reach = MIN_REACH;
  for (const z of codes) reach = Math.max(reach, Math.abs(z));
  return { x: [-TRAINING_MAP_MARGIN * reach, TRAINING_MAP_MARGIN * reach], y: [-TRAINING_MAP_MARGIN * reach, TRAINING_MAP_MARGIN * reach] };
}

const createVeil = (title) => createElement("p.veil", {}, `Predict first: then “${title}” appears here.`);

/** A training with its map, its images and its figures. */
class Training {
  constructor(name, title, { metadata, tensors }, addPlot) {
    const read = tensors();
    Object.assign(this, { name, metadata, tensors: read, levels: addFrames(read.levels), pictures: addFrames(read.pictures) });
    const { plot, element } = addPlot(declareTraining(title, metadata.beta, metadata.class_names));
    this.map = plot;
    this.map.update({ prior: RINGS });
    this.canvas = createElement("canvas", { role: "img", "aria-label": `${title}: test images, reconstructions, and samples of the prior` });
    this.figures = createElement("p.readout", { "data-testid": `figures-${name}` });
    this.veil = createVeil(title);
    this.parts = [element, createElement("div.lesson-strips", {}, this.canvas), this.figures];
    this.element = createElement("div", {}, this.veil, ...this.parts);
  }

  /** Return the number of the last frame up to an epoch. */
  findFrame(epoch) {
    return Math.max(this.metadata.epochs.findLastIndex((recorded) => recorded <= epoch), 0);
  }

  /** Return the means of a frame, or samples of posteriors of its width, [n, 2]. */
  codes(frame, shown) {
    const { noise } = this.tensors, size = noise.data.length, { low, step } = this.metadata;
    const means = Float32Array.from(this.levels.subarray(frame * size, (frame + 1) * size), (level) => low + step * level), sigma = shown === "means" ? 0 : this.metadata.sigma[frame];
    return means.map((mean, i) => mean + sigma * noise.data[i]);
  }

  paint(frame, codes, domains, isVeiled) {
    this.veil.hidden = !isVeiled;
    for (const part of this.parts) part.hidden = isVeiled;
    if (isVeiled) return;
    const pick = (axis) => codes.filter((_, i) => i % 2 === axis);
    this.map.update({ codes: { x: pick(0), y: pick(1), group: this.tensors.y.data } }, domains);
    this.paintImages(frame);
    const { sigma, spread, distortion, rate } = this.metadata, part = (symbol, value) => createElement("strong", { "data-symbol": symbol }, value);
    this.figures.replaceChildren("σ ", part("sigma", sigma[frame].toPrecision(2)), ", spread of μ ", part("mu", spread[frame].toPrecision(2)), createElement("br"), "distortion D ", part("distortion", distortion[frame].toFixed(1)), ", rate R ", part("rate", rate[frame].toFixed(1)), " nats");
  }

  paintImages(frame) {
    const { tensors: { originals }, pictures } = this, n = originals.shape[0], size = originals.data.length / n, first = 2 * frame * n;
    const read = (data, i) => Float32Array.from(data.subarray(i * size, (i + 1) * size), (value) => value / 255);
    const grid = arrangeImages(3 * n, n, this.metadata.image_shape, (i) => (i < n ? read(originals.data, i) : read(pictures, first + i - n)), TRAINING_IMAGE_GAP);
    paintImage(this.canvas, grid.pixels, grid.shape);
  }
}

export class ObjectivesLesson extends LessonFigure {
  static awaited = [VEILED];

  buildFigure() {
    this.trainings = [];
    this.places = Object.fromEntries(Object.entries(TRAININGS).map(([name, title]) => [name, createElement("div", {}, createVeil(title))]));
    this.note = createElement("p.readout");
    this.after = createElement("p.readout", { "data-testid": "after" });
    const panels = createElement("div.lesson-panels", {}, ...Object.values(this.places));
    this.receive(this.blocks);
    return [createElement("div.wide", {}, panels, this.note, this.after)];
  }

  /** Show the trainings whose blocks are here, in their order. */
  receive(blocks) {
    for (const [name, title] of Object.entries(TRAININGS)) {
      if (!blocks[name]) continue;
      const training = new Training(name, title, blocks[name], (declaration) => this.addPlot(declaration));
      this.places[name].replaceChildren(training.element);
      this.trainings.push(training);
    }
    if (this.isComplete) this.describeTests();
  }

  /** Print what the trained models have on test images. */
  describeTests() {
    const measured = Object.fromEntries(this.trainings.map(({ name, metadata }) => [name, metadata.measured]));
    const losses = Object.entries(TRAININGS).map(([name, title]) => `${title} ${measured[name].distortion.toFixed(1)} ± ${measured[name].half_width.toFixed(1)}`);
    this.after.textContent = `After training, distortion on ${measured.both.n} test images, in nats (95% intervals): ${losses.join(", ")}. Reconstruction only: for 99% of the images the nearest other code is at least ${Math.floor(measured.reconstruction.nearest_code)}σ away. KL only: over ${measured.kl.n_samples.toLocaleString("en")} samples of the prior no pixel changes by more than ${measured.kl.pixel_change.toFixed(2)}.`;
  }

  paintFigure({ epoch, shown, scale }, isAnswered) {
    const frames = this.trainings.map((training) => training.findFrame(epoch)), codes = this.trainings.map((training, i) => training.codes(frames[i], shown));
    const seen = this.trainings.map(({ name }) => isAnswered || name !== VEILED), common = encloseCodes(codes.filter((_, i) => seen[i]).flatMap((z) => Array.from(z)));
    this.trainings.forEach((training, i) => training.paint(frames[i], codes[i], scale === "common" ? common : encloseCodes(codes[i]), !seen[i]));
    this.note.textContent = `${codes[0].length / 2} test images, ${shown === "draws" ? "one sample μ + σε each" : "means μ"}, a colour for each digit; rings: the prior. Below: test images, their reconstructions, samples.`;
    this.after.hidden = !isAnswered;
  }

  checkTask({ epoch, answer }) {
    const [reconstruction, both] = [VEILED, "both"].map((wanted) => this.trainings.find(({ name }) => name === wanted)), reached = reconstruction.metadata.distortion[reconstruction.findFrame(epoch)], wanted = both.metadata.distortion.at(-1);
    return { isSolved: answer > 0 && Math.abs(reached - wanted) < MAX_DIFFERENCE, status: answer ? `Epoch ${epoch}: ${reached.toFixed(1)} nats; Both ends with ${wanted.toFixed(1)}.` : "" };
  }
}
