// A decoded image as z moves on a line, beside the nearest training image, the best blend, and the mean weighted by posteriors.

import { distance, fitBlend, posteriorMean } from "../../core/blend.js";
import { findNearestImages } from "../../core/nearest_images.js";
import { Network } from "../../core/network.js";
import { createElement } from "../../view/dom.js";
import { createImageStrip } from "../../view/image_strip.js";
import { LessonFigure } from "./lesson.js";

const BLENDED_IMAGES = 60; // as in explorer/lessons/copying/compute.py
const SHOWN_PARTS = 6; // of a blend
const MIN_WEIGHT = 1e-3; // of a part that is counted
const TASK_DISTANCE = 0.6;
const LINE = Array.from({ length: 51 }, (_, i) => i / 50);
const REFERENCES = { nearest: "nearest, of test images", blend: "blend, of test images" };

const declareMap = (classes) => ({
  title: "Codes of the training images, and the line of z",
  description: "Codes of training images by class, gaps in grey, the line, and the place of z on it",
  x: { title: "z₁", hasGrid: false },
  y: { title: "z₂", hasGrid: false },
  height: 250,
  toScale: true,
  legend: "direct",
  parts: [
    { kind: "heatMap", name: "gaps", label: "", colour: "grey", ramp: "opacity", domain: [0, 2.2] },
    { kind: "scatter", name: "codes", radius: 1.7, opacity: 0.8, groups: classes.map((label, i) => ({ label, colour: `class ${i % 10}`, shape: "circle" })) },
    { kind: "line", name: "line", label: "", colour: "z", width: 2, dash: "solid" },
    { kind: "marker", name: "z", label: "", colour: "z", draggable: true, radius: 8 },
  ],
});
const CURVES = {
  title: "Distance from the decoded image, over t",
  description: "Euclidean distance of the decoded image from the nearest training image, the best blend and the posterior-weighted mean; grey: medians of test images",
  x: { title: "t", domain: [0, 1] },
  y: { title: "distance" },
  height: 250,
  legend: "top",
  parts: [
    { kind: "line", name: "nearest", label: "nearest training image", colour: "x", width: 2.5, dash: "solid" },
    { kind: "line", name: "blend", label: "best blend", colour: "rate", width: 2.5, dash: "dashed" },
    { kind: "line", name: "mean", label: "posterior-weighted mean", colour: "distortion", dash: "dotted" },
    { kind: "marker", name: "nearest of test", label: REFERENCES.nearest, colour: "grey", dash: "solid" },
    { kind: "marker", name: "blend of test", label: REFERENCES.blend, colour: "grey", dash: "dashed" },
    { kind: "marker", name: "t", label: "", colour: "z", draggable: "x" },
  ],
};

export class CopyingLesson extends LessonFigure {
  static controlSymbols = { t: "z" };
  static awaited = ["decoder"];

  buildFigure() {
    const { metadata: { classes, groups, bounds }, tensors } = this.blocks.training, { images, y, mu, logvar, ends, in_gap: inGap } = tensors();
    const shape = images.shape.slice(1), size = shape.reduce((a, b) => a * b), pixels = Float32Array.from(images.data, (value) => value / 255);
    Object.assign(this, { classes, groups, y: y.data, mu: mu.data, logvar: logvar.data, ends: ends.data, images: pixels, decoder: new Network(this.blocks.decoder), lineKey: "" });
    this.imageAt = (row) => pixels.subarray(row * size, (row + 1) * size);
    const map = this.addPlot(declareMap(classes), { onMarkerMove: (_, point) => this.moveTo(point) });
    const curves = this.addPlot(CURVES, { onMove: ({ x }) => this.moveT(x), onMarkerMove: (_, { x }) => this.moveT(x) });
    Object.assign(this, { map: map.plot, curves: curves.plot });
    const coordinate = (axis) => mu.data.filter((_, i) => i % 2 === axis);
    this.map.update({ gaps: { values: inGap.data, shape: inGap.shape, bounds }, codes: { x: coordinate(0), y: coordinate(1), group: y.data } });
    const test = groups.at(-1);
    this.curves.update({ "nearest of test": { y: test.nearest }, "blend of test": { y: test.blend } });
    const strip = (count, label, nameOf) => createImageStrip(count, { label, shape, nameOf });
    this.decoded = strip(1, "The decoded image", () => "decoded image");
    this.nearby = strip(3, "What is near to it", (i) => ["nearest training image", "best blend", "posterior-weighted mean"][i]);
    this.parts = strip(SHOWN_PARTS, "The largest parts of the blend", (i) => `part ${i + 1} of the blend`);
    this.partsTitle = createElement("p");
    const veils = ["Predict first: then the nearest training image and the best blend appear here.", "Here appear their distances, over t."];
    this.veils = veils.map((text) => createElement("p.veil", {}, text));
    const answers = createElement("div.copy-answers", {}, this.nearby.element), parts = createElement("div.copy-parts", {}, this.partsTitle, this.parts.element);
    this.groupTable = createElement("div.copy-table", { tabIndex: 0, role: "region", "aria-label": "Measured distances" }, ...this.describeGroups());
    this.answers = [answers, parts, curves.element, this.groupTable];
    return [
      createElement("div.copy-images.wide", {}, this.decoded.element, this.veils[0], answers, parts),
      createElement("div.copy-plots.wide", {}, map.element, this.veils[1], curves.element),
    ];
  }

  receive({ decoder }) {
    if (decoder) Object.assign(this, { decoder: new Network(decoder), lineKey: "" });
  }

  arrange(figure) {
    const elements = super.arrange(figure);
    this.question.element.parentElement.after(this.groupTable);
    return elements;
  }

  /** Return a table of the groups of images, and what it means. */
  describeGroups() {
    const row = (...texts) => createElement("tr", {}, ...texts.map((text, i) => createElement(i ? "td" : "th", {}, text)));
    const rows = this.groups.map(({ name, copies, nearest_text: nearest, blend_text: blend }) => row(name, copies, nearest, blend));
    const note = `Medians with 95% intervals. A copy is less than a third as far from one training image as from the next. Decoded images are means E[x|z]. ${this.blocks.training.metadata.information}`;
    return [createElement("table", {}, createElement("thead", {}, row("images", "copies", "distance to the nearest", "to the best blend")), createElement("tbody", {}, ...rows)), createElement("p", {}, note)];
  }

  moveT(t) {
    this.move({ t: Math.round(100 * Math.min(Math.max(t, 0), 1)) / 100 });
  }

  /** Move to the place of the line that is nearest to a point. */
  moveTo({ x, y }) {
    const [a, b] = this.findEnds(this.values), along = [b[0] - a[0], b[1] - a[1]], squared = along[0] ** 2 + along[1] ** 2;
    this.moveT(squared ? ((x - a[0]) * along[0] + (y - a[1]) * along[1]) / squared : 0);
  }

  findEnds({ from, to }) {
    const end = (row) => this.ends.subarray(2 * row, 2 * row + 2), rowOf = (name) => (name === "gap" ? 0 : 1 + this.classes.indexOf(name));
    return [end(rowOf(from)), end(rowOf(to))];
  }

  /** Return what is decoded at a share t of the line, and what is near to it. */
  measure([a, b], t) {
    const z = [0, 1].map((i) => (1 - t) * a[i] + t * b[i]), decoded = this.decoder.forward(z), { rows, distances } = findNearestImages(this.images, decoded, BLENDED_IMAGES);
    const blend = fitBlend(rows.map(this.imageAt), decoded), mean = posteriorMean(this.images, this.mu, this.logvar, z);
    return { z, decoded, rows, distances, blend, mean, meanDistance: distance(decoded, mean) };
  }

  paintFigure(values, isAnswered) {
    const ends = this.findEnds(values), [a, b] = ends, measured = this.measure(ends, values.t);
    this.measured = measured;
    this.map.update({ line: { x: [a[0], b[0]], y: [a[1], b[1]] }, z: { x: measured.z[0], y: measured.z[1] } });
    this.decoded.show(0, measured.decoded, "decoded");
    for (const veil of this.veils) veil.hidden = isAnswered;
    for (const element of this.answers) element.hidden = !isAnswered;
    if (!isAnswered) return;
    this.showNearby(measured);
    const key = `${values.from} ${values.to}`;
    if (key !== this.lineKey) this.showCurves(ends, key);
    this.curves.update({ t: { x: values.t } });
  }

  showNearby({ rows, distances, blend, mean, meanDistance }) {
    const count = blend.weights.filter((weight) => weight > MIN_WEIGHT).length;
    this.nearby.show(0, this.imageAt(rows[0]), `nearest image\n${distances[0].toFixed(2)}`);
    this.nearby.show(1, blend.image.map((value) => Math.min(value, 1)), `best blend\n${blend.distance.toFixed(2)}`);
    this.nearby.show(2, mean, `weighted mean\n${meanDistance.toFixed(2)}`);
    const largest = Array.from(blend.weights.keys()).sort((i, j) => blend.weights[j] - blend.weights[i]).slice(0, SHOWN_PARTS);
    largest.forEach((i, place) => this.parts.show(place, this.imageAt(rows[i]), `× ${blend.weights[i].toFixed(2)}`));
    this.partsTitle.textContent = `The blend is a sum of ${count} training images, the largest parts of which are:`;
  }

  showCurves(ends, key) {
    const line = LINE.map((t) => this.measure(ends, t)), curve = (of) => ({ x: LINE, y: line.map(of) });
    this.lineKey = key;
    this.curves.update({ nearest: curve(({ distances }) => distances[0]), blend: curve(({ blend }) => blend.distance), mean: curve(({ meanDistance }) => meanDistance) });
  }

  checkTask({ answer }) {
    const [first, second] = this.measured.distances;
    return { isSolved: first <= TASK_DISTANCE, status: answer ? `The nearest is ${first.toFixed(2)} away, the next one ${second.toFixed(2)}: ${first < second / 3 ? "a copy" : "no copy"}.` : "" };
  }
}
