// One z decoded with each class by a conditional VAE; its codes by class, beside those of an ordinary VAE.

import { formatNumber } from "../../core/format.js";
import { Network } from "../../core/network.js";
import { slantDegrees } from "../../core/slant.js";
import { ClassButtons } from "../../view/class_buttons.js";
import { createElement } from "../../view/dom.js";
import { createImageStrip } from "../../view/image_strip.js";
import { LessonFigure } from "./lesson.js";

const REACH = 3.5; // of the maps
const TASK_CLASSES = [1, 4];
const TASK_DEGREES = 2;
const NARROW = "(max-width: 640px)";

const declareMap = (name, classes, parts) => ({
  title: `Latent space of ${name}`,
  description: `The prior as circles of one and two standard deviations, and codes of test images with those of one class in its colour, of ${name}`,
  x: { title: "z₀", domain: [-REACH, REACH], hasGrid: false },
  y: { title: "z₁", domain: [-REACH, REACH], hasGrid: false },
  height: matchMedia(NARROW).matches ? 190 : 250,
  toScale: true,
  legend: "none",
  parts: [
    { kind: "scatter", name: "codes", label: "other classes", colour: "grey", shape: "circle", radius: 1.5, opacity: 0.5 },
    { kind: "scatter", name: "chosen", label: "the class", radius: 2.5, opacity: 1, groups: classes.map((label, i) => ({ label, colour: `class ${i % 10}`, shape: "circle" })) },
    { kind: "ellipse", name: "prior", label: "prior", colour: "text", dash: "dashed" },
    ...parts,
  ],
  buttons: ["png", "svg"],
});
const PRIOR = { mean: [0, 0], covariance: [[1, 0], [0, 1]] };
const clamp = (value) => Math.min(Math.max(value, -3), 3);
const formatDegrees = (degrees) => `${formatNumber(Math.round(degrees) || 0)}°`;

/** Return the codes of each class, { x, y, group } each, and all together. */
function splitByClass({ mu, y: { data: labels } }, count) {
  const pick = (rows) => ({ x: rows.map((i) => mu.data[2 * i]), y: rows.map((i) => mu.data[2 * i + 1]), group: rows.map((i) => labels[i]) });
  const rows = Array.from(labels.keys());
  return { all: pick(rows), ofClass: Array.from({ length: count }, (_, label) => pick(rows.filter((i) => labels[i] === label))) };
}

export class ConditionalLesson extends LessonFigure {
  static controlSymbols = { z0: "z", z1: "z" };
  static awaited = ["decoder"];

  buildFigure() {
    const { image_shape: shape, class_names: classes } = this.blocks.models[0].metadata;
    Object.assign(this, { classes, width: shape[2], network: new Network(this.blocks.decoder), slants: [] });
    this.strip = createImageStrip(classes.length, { label: "One z, decoded with each class", shape, nameOf: (i) => `z decoded as ${classes[i]}` });
    const follow = ({ x, y }) => this.move({ z0: clamp(x), z1: clamp(y) });
    const marker = [{ kind: "marker", name: "z", label: "z", colour: "z", draggable: true, radius: 9 }];
    const own = this.addPlot(declareMap("the conditional VAE", classes, marker), { onMove: follow, onMarkerMove: (_, point) => follow(point) });
    const ordinary = this.addPlot(declareMap("the ordinary VAE", classes, []));
    own.element.dataset.testid = "live-control";
    this.maps = [own, ordinary].map(({ plot }, i) => ({ plot, codes: splitByClass(this.blocks.models[i].tensors(), classes.length) }));
    this.maps.forEach(({ plot }) => plot.update({ prior: PRIOR }));
    this.veil = createElement("p.veil", {}, "Predict first: then the codes appear by class, beside those of an ordinary VAE.");
    this.buttons = new ClassButtons(classes.map((name, i) => ({ name, colour: this.palette.colours[`class ${i % 10}`] })), { onChoose: (label) => this.move({ label }), onCommit: () => this.commit(), label: "Class of the codes", action: "Show the codes of this class" });
    const measured = createElement("div.class-measures", {}, this.buttons.element, ...this.describeModels().map((text) => createElement("p.readout", {}, text)));
    this.answers = [ordinary.element, measured];
    return [createElement("div.ten-classes.wide", {}, this.strip.element), own.element, this.veil, ...this.answers];
  }

  receive({ decoder }) {
    if (decoder) Object.assign(this, { network: new Network(decoder), decoded: null });
  }

  arrange(figure) {
    const elements = super.arrange(figure);
    this.controls.element.querySelector("[data-testid=control-label]").closest("label").remove();
    return elements;
  }

  /** Return what was measured of both models, in sentences. */
  describeModels() {
    const [own, ordinary] = this.blocks.models.map(({ metadata }) => metadata);
    const count = (n) => n.toLocaleString("en"), classCount = this.classes.length;
    const named = `Test images whose class the 20 nearest codes name: ${own.named} of ${count(own.n)}, with 95% interval; in the ordinary VAE ${ordinary.named}. The most frequent class has ${own.most_frequent}.`;
    if (!own.information || !ordinary.information) return [named];
    return [named, `I(x; z), what z tells about ${count(own.n_train)} training images: ${own.information} nats; in the ordinary VAE ${ordinary.information}. The class is at most ln ${classCount} = ${Math.log(classCount).toFixed(2)} of them.`];
  }

  /** Decode z with each class. */
  decodeAll({ z0, z1 }) {
    if (this.decoded?.z0 === z0 && this.decoded.z1 === z1) return;
    this.decoded = { z0, z1 };
    this.slants = this.classes.map((name, label) => {
      const pixels = this.network.forward([z0, z1], 0, label), slant = slantDegrees(pixels, this.width);
      this.strip.show(label, pixels, this.isComplete ? formatDegrees(slant) : "");
      return slant;
    });
    this.maps[0].plot.update({ z: { x: z0, y: z1 } });
  }

  paintFigure(values, isAnswered) {
    this.decodeAll(values);
    this.veil.hidden = isAnswered;
    for (const element of this.answers) element.hidden = !isAnswered;
    this.buttons.show(values.label);
    if (!isAnswered || this.shownLabel === values.label) return;
    this.shownLabel = values.label;
    for (const { plot, codes } of this.maps) plot.update({ codes: codes.all, chosen: codes.ofClass[values.label] });
  }

  checkTask() {
    const slants = TASK_CLASSES.map((label) => this.slants[label]), status = TASK_CLASSES.map((label) => `the ${this.classes[label]} leans by ${formatDegrees(this.slants[label])}`);
    return { isSolved: Math.abs(slants[0] - slants[1]) < TASK_DEGREES, status: `Now ${status.join(", ")}.` };
  }
}
