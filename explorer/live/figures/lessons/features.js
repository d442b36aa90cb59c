// Classifiers on few labels: their measured accuracies over the number of labels, and the direction to a class from these labels.

import { classDirection, nearestByRatio } from "../../core/class_direction.js";
import { Network } from "../../core/network.js";
import { joinIntervals } from "../../core/plot_paths.js";
import { createElement } from "../../view/dom.js";
import { createImageStrip } from "../../view/image_strip.js";
import { LessonFigure } from "./lesson.js";

const STYLES = {
  codes: ["mu", "solid", "circle"],
  PCA: ["class 1", "dashed", "square"],
  pixels: ["x", "dotted", "triangle"],
  "fine-tuned": ["class 4", "dashdot", "diamond"],
  "from random weights": ["class 8", "dashed", "cross"],
}; // colour, dash and shape
const FROZEN = ["codes", "PCA", "pixels"];
const STEPS = [-1, -0.5, 0, 0.5, 1, 1.5, 2]; // of a direction; 0 is the code of an image
const IMAGE_NAMES = { mnist: "MNIST", "fashion-mnist": "Fashion-MNIST" };
const OFFSET_RATIO = 1.03; // between the error bars of methods, so that they do not overlap

const listKinds = (encoder) => (encoder === "tuned" ? Object.keys(STYLES) : FROZEN);

const declareCurves = (counts) => ({
  title: "Test accuracy",
  description: "Test accuracy over the number of labels per class, for each kind of features, with 95% intervals",
  x: { title: "labels per class", scale: "log", domain: [0.85, 1.18 * counts.at(-1)], ticks: counts.map((value) => ({ value, label: value.toLocaleString("en") })), hasGrid: false },
  y: { title: "test accuracy, %" },
  height: 320,
  legend: "direct",
  parts: Object.entries(STYLES).flatMap(([name, [colour, dash, shape]]) => [
    { kind: "line", name: `interval, ${name}`, label: "", colour, dash: "solid", width: 1.5 },
    { kind: "line", name, colour, dash },
    { kind: "scatter", name: `points, ${name}`, label: "", colour, shape, opacity: 1 },
  ]).concat([{ kind: "marker", name: "labels", label: "", colour: "mark", draggable: "x" }]),
});

export class FeaturesLesson extends LessonFigure {
  static controlSymbols = { labels: "distortion" };

  buildFigure() {
    const { metadata, tensors } = this.blocks.features, { codes, images, start } = tensors(), [classes, shown, ...shape] = images.shape, size = shape.reduce((a, b) => a * b);
    Object.assign(this, { data: metadata.data, codes, start: start.data, shownRows: shown, classes, decoder: new Network(this.blocks.decoder) });
    const { plot, element } = this.addPlot(declareCurves(this.data.mnist.counts), { onMove: ({ x }) => this.move({ labels: x }), onMarkerMove: (_, { x }) => this.move({ labels: x }) });
    this.curves = plot;
    this.labelled = createImageStrip(classes * shown, { label: "Labelled images", shape, nameOf: (i) => `labelled image ${i + 1} of class ${i % classes}` });
    for (let i = 0; i < classes * shown; i++) {
      const row = (i % classes) * shown + Math.floor(i / classes);
      this.labelled.show(i, Float32Array.from(images.data.subarray(row * size, (row + 1) * size), (value) => value / 255));
    }
    this.direction = createImageStrip(STEPS.length, { label: "Along the direction", shape, nameOf: (i) => `decoded at ${STEPS[i]} of the direction` });
    this.direction.mark(STEPS.indexOf(0), true);
    this.directionTitle = createElement("p");
    this.veil = createElement("p.veil", {}, "Predict first: then the test accuracies appear here.");
    this.lead = createElement("p.readout");
    this.note = createElement("p");
    this.measured = createElement("div", {}, element, this.lead, this.note);
    const strips = createElement("div", {},
      createElement("div.features-labelled", {}, createElement("p", {}, `Labelled images, the first ${shown} of each class (MNIST):`), this.labelled.element),
      createElement("div.features-direction", {}, this.directionTitle, this.direction.element));
    return [createElement("div.features.wide", {}, createElement("div", {}, this.veil, this.measured), strips)];
  }

  receive({ decoder }) {
    if (decoder) this.decoder = new Network(decoder);
  }

  move(values) {
    super.move("labels" in values ? { ...values, labels: Math.round(Math.min(Math.max(values.labels, 1), 1000)) } : values);
  }

  paintFigure(values, isAnswered) {
    const { labels, images, encoder } = values, data = this.data[images], index = nearestByRatio(data.counts, labels);
    Object.assign(this, { present: data, index });
    this.paintStrips(values);
    this.veil.hidden = isAnswered;
    this.measured.hidden = !isAnswered;
    if (!isAnswered) return;
    if (this.curveKey !== `${images} ${encoder}`) this.showCurves(data, images, encoder);
    this.curves.update({ labels: { x: labels } });
    const shares = listKinds(encoder).map((name) => `${name} ${data.curves[name].mean[index].toFixed(1)} ± ${data.curves[name].half[index].toFixed(1)}%`);
    this.lead.textContent = `${data.counts[index].toLocaleString("en")} label${data.counts[index] > 1 ? "s" : ""} per class: ${shares.join(", ")}. ${data.leads[encoder][index]}`;
  }

  /** Show the labelled images, and what is decoded along the direction that they give. */
  paintStrips({ labels, class: name }) {
    const label = Number(name), used = Math.min(labels, this.codes.shape[1]), d = this.codes.shape[2];
    for (let i = 0; i < this.classes * this.shownRows; i++) this.labelled.element.children[i].classList.toggle("faded", Math.floor(i / this.classes) >= labels);
    const direction = classDirection(this.codes, label, labels), start = this.start.subarray(label * d, (label + 1) * d);
    STEPS.forEach((step, i) => this.direction.show(i, this.decoder.forward(start.map((value, j) => value + step * direction[j]))));
    this.directionTitle.textContent = `MNIST, along the mean code of class ${name} minus that of the others, from ${used} label${used > 1 ? "s" : ""} per class. The marked image is decoded from the code of a test image.`;
  }

  showCurves({ counts, curves, n_pool: pool, n_test: test, changes }, images, encoder) {
    const shown = listKinds(encoder), parts = {};
    Object.keys(STYLES).forEach((name, k) => {
      const isShown = shown.includes(name), { mean, half } = curves[name], x = counts.map((count) => count * OFFSET_RATIO ** (k - 2));
      parts[name] = parts[`points, ${name}`] = isShown ? { x, y: mean } : null;
      parts[`interval, ${name}`] = isShown ? joinIntervals(x, mean.map((value, i) => [value - half[i], value + half[i]])) : null;
    });
    this.curveKey = `${images} ${encoder}`;
    this.curves.update(parts);
    const seeds = [...new Set(shown.map((name) => curves[name].seeds))].sort().join(" or ");
    this.note.textContent = `${IMAGE_NAMES[images]}: labels from ${pool.toLocaleString("en")} training images, accuracy on ${test.toLocaleString("en")} test images, 95% intervals over ${seeds} choices of the labelled images. ${changes}`;
  }

  checkTask({ images, encoder, answer }) {
    const { is_tuned_ahead: isAhead, counts } = this.present, isShown = images === "fashion-mnist" && encoder === "tuned", is = isAhead[this.index];
    const status = `With ${counts[this.index].toLocaleString("en")} per class, its lead over codes, PCA and pixels is ${is ? "" : "not "}established.`;
    return { isSolved: isShown && is && this.index === isAhead.indexOf(true), status: answer && isShown ? status : "" };
  }
}
