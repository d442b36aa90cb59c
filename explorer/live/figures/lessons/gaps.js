// One pointer on the codes of an AE and of a VAE, in standard deviations; what both decode there, in 2 dimensions and in 16.

import { Network } from "../../core/network.js";
import { sampleNormal, seedUniform } from "../../core/random.js";
import { cellAt, fromStandard } from "../../core/standard_units.js";
import { DecodedImage } from "../../view/decoded_image.js";
import { createElement } from "../../view/dom.js";
import { createImageStrip } from "../../view/image_strip.js";
import { createResampleButton } from "../../view/resample_button.js";
import { LessonFigure } from "./lesson.js";

const STRIP_SAMPLES = 8; // of each model in 16 dimensions
const NARROW = "(max-width: 640px)";
const CLASS_SHAPES = ["circle", "square", "triangle", "diamond", "cross"];
const SHARE_COLUMNS = { gap: "samples in gaps", reverse_gap: "codes without a sample near", unsure_in_gaps: "images below 90%, in gaps", unsure_outside: "outside" };

const declareMap = (name, reach, classes) => ({
  title: `${name}, 2 numbers`,
  description: `Codes of test images of the ${name} by class, gaps in grey, and the point that can be moved`,
  x: { title: "w₁, standard deviations", domain: [-reach, reach], hasGrid: false },
  y: { title: "w₂", domain: [-reach, reach], hasGrid: false },
  height: matchMedia(NARROW).matches ? 135 : 290,
  toScale: true,
  legend: "none",
  parts: [
    { kind: "heatMap", name: "gaps", label: "", colour: "grey", ramp: "opacity", domain: [0, 2.2] },
    { kind: "scatter", name: "codes", radius: 1.6, opacity: 0.8, groups: classes.map((label, i) => ({ label, colour: `class ${i % 10}`, shape: CLASS_SHAPES[i % CLASS_SHAPES.length] })) },
    { kind: "scatter", name: "classes", label: "", colour: "text", radius: 0.1 },
    { kind: "marker", name: "point", label: "", colour: "z", draggable: true, radius: 9 },
  ],
  buttons: ["png", "svg"],
});

/** Return the middle of the codes of each class, as texts of a scatter part. w: [n, 2]; y: [n] */
function placeClassNames(w, y, classes) {
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const middles = classes.map((_, label) => [0, 1].map((axis) => median(Array.from(y.keys()).filter((i) => y[i] === label).map((i) => w[2 * i + axis])) ?? NaN));
  return { x: middles.map(([x]) => x), y: middles.map(([, v]) => v), text: [...classes] };
}

/** A model: its codes, and what it decodes at standard deviations w. */
class Model {
  constructor({ codes, decoder }) {
    this.metadata = codes.metadata;
    this.tensors = codes.tensors();
    this.decoder = decoder ? new Network(decoder) : null; // that of 16 dimensions arrives later
    this.dimensions = this.tensors.mean.shape[0];
    this.name = this.metadata.has_prior ? "VAE" : "AE";
  }

  decode(w) {
    return this.decoder.forward(fromStandard(this.tensors.mean.data, this.tensors.root.data, w));
  }

  isInGap({ u, v }) {
    return cellAt(this.tensors.in_gap, this.metadata.reach, u, v) > 0;
  }
}

export class GapsLesson extends LessonFigure {
  static controlSymbols = { u: "z", v: "z" };

  buildFigure() {
    const models = this.blocks.models.map((blocks) => new Model(blocks));
    Object.assign(this, { models, flat: models.filter(({ dimensions }) => dimensions === 2), deep: models.filter(({ dimensions }) => dimensions > 2), classifier: null });
    const panels = this.flat.map((model, i) => this.createPanel(model, i));
    this.strips = this.deep.map(({ name, metadata: { image_shape: shape } }) => createImageStrip(STRIP_SAMPLES, { label: `${name}, 16 dimensions`, shape, nameOf: (i) => `sample ${i + 1} of the ${name} in 16 dimensions` }));
    this.counts = this.deep.map(() => createElement("span.readout"));
    const rows = this.deep.map(({ name }, i) => createElement("div.gap-samples", {}, createElement("p", {}, createElement("strong", {}, `${name}, 16 numbers`), " ", this.counts[i]), this.strips[i].element));
    this.measured = createElement("div.gap-shares", { tabIndex: 0, role: "region", "aria-label": "Measured shares" }, ...this.describeShares());
    this.note = createElement("p.wide", {}, "16 numbers: w₁ and w₂ of the point, and 14 that are random. ");
    return [createElement("div.gap-pair.wide", {}, ...panels), createElement("div.gap-pair.wide", {}, ...rows), this.note];
  }

  arrange(figure) {
    const elements = super.arrange(figure);
    this.controls.element.querySelector("[data-testid=control-seed]").closest("label").remove();
    this.note.append(createResampleButton(this, "seed"));
    this.question.element.parentElement.after(this.measured);
    return elements;
  }

  /** Return the map of a model of two dimensions, with the image that it decodes. */
  createPanel(model, i) {
    const { tensors: { w, y, in_gap: inGap }, metadata: { reach, class_names: classes, image_shape: shape } } = model;
    const follow = ({ x, y: v }) => this.move({ u: Math.min(Math.max(x, -3), 3), v: Math.min(Math.max(v, -3), 3) });
    const { plot, element } = this.addPlot(declareMap(model.name, reach, classes), { onMove: follow, onMarkerMove: (_, point) => follow(point) });
    if (!i) element.dataset.testid = "live-control";
    const x = w.data.filter((_, j) => j % 2 === 0), v = w.data.filter((_, j) => j % 2 === 1);
    plot.update({ gaps: { values: inGap.data, shape: inGap.shape, bounds: [-reach, -reach, reach, reach] }, codes: { x, y: v, group: y.data }, classes: placeClassNames(w.data, y.data, classes) });
    const image = new DecodedImage(shape, true, i ? "decoded-2" : "decoded");
    Object.assign(model, { plot, image });
    return createElement("div.gap-panel", {}, element, image.element);
  }

  /** Return a table of the measured shares, and what the classifier makes of noise. */
  describeShares() {
    const cell = (tag, text) => createElement(tag, {}, text), models = [...this.flat, ...this.deep], { n, named_noise: noise } = models[0].metadata;
    const head = createElement("tr", {}, cell("td", ""), ...Object.values(SHARE_COLUMNS).map((text) => cell("th", text)));
    const rows = models.map(({ name, dimensions, metadata: { shares } }) => createElement("tr", {}, cell("th", `${name}, ${dimensions} numbers`), ...Object.keys(SHARE_COLUMNS).map((key) => cell("td", shares[key]))));
    return [
      createElement("table", {}, createElement("thead", {}, head), createElement("tbody", {}, ...rows)),
      cell("p", `Measured with ${n.toLocaleString("en")} test codes and samples of the Gaussian fitted to them; 95% intervals. The VAE's codes are samples of its posteriors, whose means its map shows. Equal distributions have 3% in the first two columns. The classifier names ${noise} of images of noise with at least 90%: it can't tell whether an image is good.`),
    ];
  }

  /** Take exact decoders of 2 dimensions, the decoders of 16, or the classifier. */
  receive({ models, deep_decoders: decoders, classifier }) {
    models?.forEach(({ decoder }, i) => decoder && (this.models[i].decoder = new Network(decoder)));
    decoders?.forEach((decoder, k) => (this.deep[k].decoder = new Network(decoder)));
    if (classifier) {
      Object.assign(this, { classifier: new Network(classifier), minConfidence: classifier.metadata.min_confidence });
      for (const { image } of this.flat) image.setClassifier(classifier);
    }
  }

  confidenceIn(pixels) {
    return Math.max(...this.classifier.forward(pixels));
  }

  paintFigure({ u, v, seed }, isAnswered) {
    for (const model of this.flat) {
      const { plot, image } = model;
      plot.update({ point: { x: u, y: v } });
      image.show(model.decode([u, v]));
      if (!isAnswered) image.classCaption.textContent = "named after your prediction";
      image.showGap(model.isInGap({ u, v }));
      image.announce(`${model.name} at w = (${u.toFixed(2)}, ${v.toFixed(2)})`);
    }
    if (this.noise?.seed !== seed) this.noise = { seed, values: sampleNormal(STRIP_SAMPLES * 14, seedUniform(seed)) };
    this.deep.forEach((model, k) => {
      if (!model.decoder) return;
      const isNamed = isAnswered && this.classifier;
      const confidences = Array.from({ length: STRIP_SAMPLES }, (_, i) => {
        const pixels = model.decode([u, v, ...this.noise.values.slice(14 * i, 14 * (i + 1))]), confidence = isNamed ? this.confidenceIn(pixels) : 1;
        this.strips[k].show(i, pixels);
        this.strips[k].mark(i, confidence < this.minConfidence);
        return confidence;
      });
      this.counts[k].textContent = isNamed ? `${confidences.filter((confidence) => confidence < this.minConfidence).length} of ${STRIP_SAMPLES} below 90% (underlined)` : "";
    });
    this.measured.hidden = !isAnswered;
  }

  checkTask({ u, v, answer }) {
    if (!this.classifier) return { isSolved: false, status: "" };
    const [ae, vae] = this.flat, [ofAe, ofVae] = [ae, vae].map((model) => this.confidenceIn(model.image.pixels)), isInGap = ae.isInGap({ u, v });
    const percent = (confidence) => `${Math.round(100 * confidence)}%`;
    return { isSolved: isInGap && ofAe < this.minConfidence && ofVae >= this.minConfidence, status: `AE ${isInGap ? "in a gap" : "outside gaps"}${answer ? `, ${percent(ofAe)}; VAE ${percent(ofVae)}` : ""}.` };
  }
}
