// A ladder over its KL weights: the rate of each dimension, reconstructions, samples, and distortion over rate.

import { formatSignificant } from "../../core/ticks.js";
import { arrangeImages } from "../../core/image_grid.js";
import { findInterval, interpolateRow } from "../../core/interval.js";
import { Network } from "../../core/network.js";
import { createElement, paintImage } from "../../view/dom.js";
import { LessonFigure } from "./lesson.js";

const COLLAPSED_NATS = 0.01; // a rate below it
const TASK_RATIO = 1.1; // of the β that is looked for, either way
const LADDER_IMAGE_GAP = 1; // px
const SLOPE_REACH = 9; // nats of rate, of the dashed line on each side of the present point
const ROWS = ["test images", "reconstructions", "samples of the prior"];

const declareRates = (count) => ({
  title: "Rate of each dimension",
  description: "Bars: the rate of each dimension of z, in nats",
  x: { title: "dimension", domain: [0.3, count + 0.7], hasGrid: false },
  y: { title: "nats", domain: [0, 3.6] },
  legend: "none",
  parts: [{ kind: "bars", name: "rates", colour: "rate", fill: "solid" }],
});
const CURVE = {
  title: "Distortion over rate",
  description: "Distortion over rate, at the trained KL weights and midway between them, with the present point and a line of slope −β",
  x: { title: "rate R, nats" },
  y: { title: "distortion D, nats" },
  legend: "top",
  parts: [
    { kind: "line", name: "curve", label: "", colour: "grey", dash: "solid" },
    { kind: "line", name: "slope", label: "slope −β", colour: "mark", dash: "dashed" },
    { kind: "scatter", name: "trained", label: "trained β", colour: "text", radius: 4 },
    { kind: "scatter", name: "mixed", label: "weights mixed", colour: "grey", radius: 3 },
    { kind: "marker", name: "present", label: "", colour: "mark", radius: 7 },
  ],
};

const withError = ([value, halfWidth], digits) => `${value.toFixed(digits)} ± ${halfWidth.toFixed(digits)}`;
const fromBytes = (bytes) => Float32Array.from(bytes, (value) => value / 255);

export class KlWeightLesson extends LessonFigure {
  static controlSymbols = { beta: "mark" };

  buildFigure() {
    const { metadata, tensors } = this.blocks.ladder;
    Object.assign(this, { metadata, tensors: tensors(), decoder: new Network(this.blocks.decoder) });
    this.logBetas = metadata.betas.map(Math.log10);
    this.count = this.tensors.noise.shape[1];
    this.collapse = this.findCollapse();
    const rates = this.addPlot(declareRates(this.count)), curve = this.addPlot(CURVE);
    Object.assign(this, { rates: rates.plot, curve: curve.plot, ratesElement: rates.element });
    this.veil = createElement("p.veil", {}, "Predict first: then the rate of each dimension appears here.");
    this.strips = ROWS.map((label) => ({ label, canvas: createElement("canvas", { role: "img", "aria-label": label }) }));
    const pictures = createElement("div.lesson-strips", {}, ...this.strips.map(({ label, canvas }) => createElement("figure", {}, createElement("figcaption", {}, label), canvas)));
    this.note = createElement("p.readout", { "data-testid": "figures" });
    this.best = createElement("p.readout", { "data-testid": "best" });
    this.describeLadder();
    return [createElement("div", {}, this.veil, rates.element, this.best), createElement("div", {}, pictures, this.note), curve.element];
  }

  receive({ decoder }) {
    if (decoder) this.decoder = new Network(decoder);
  }

  /** Draw what does not move: the curve, the test images, and which trained β is best. */
  describeLadder() {
    const { metadata: { betas, rate, distortion, rungs, best, n_images: imageCount }, tensors: { images } } = this;
    const isRung = betas.map((beta) => rungs.some((rung) => rung.beta === beta)), select = (wanted) => ({ x: rate.filter((_, i) => isRung[i] === wanted), y: distortion.filter((_, i) => isRung[i] === wanted) });
    this.curve.update({ curve: { x: rate, y: distortion }, trained: select(true), mixed: select(false) });
    this.paintStrip(0, (i) => fromBytes(images.data.subarray(i * images.data.length / images.shape[0], (i + 1) * images.data.length / images.shape[0])));
    const sentences = Object.entries(best).map(([figure, [beta, others]]) => `${figure} at ${beta}${others.length ? ` (or ${others.join(", ")})` : ""}`);
    const hasOthers = Object.values(best).some(([, others]) => others.length);
    this.best.textContent = `Best trained β: ${sentences.join("; ")} (distortion and ELBO on ${imageCount} images, 95%).${hasOthers ? " Those in brackets can't be told apart from it." : ""}`;
  }

  /** Return the β at which a rate first falls below COLLAPSED_NATS. */
  findCollapse() {
    const { logBetas } = this, steps = 2000, [low, high] = [logBetas[0], logBetas.at(-1)];
    for (let i = 0; i <= steps; i++) {
      const position = low + ((high - low) * i) / steps;
      if (Math.min(...this.ratesAt(position)) < COLLAPSED_NATS) return 10 ** position;
    }
    return Infinity;
  }

  ratesAt(position) {
    return interpolateRow(this.tensors.rates.data, this.count, findInterval(this.logBetas, position));
  }

  paintStrip(row, getImage) {
    const n = this.tensors.images.shape[0], { pixels, shape } = arrangeImages(n, n, this.metadata.image_shape, getImage, LADDER_IMAGE_GAP);
    paintImage(this.strips[row].canvas, pixels, shape);
  }

  paintFigure({ beta }, isAnswered) {
    const { metadata, tensors: { mu, noise, images }, count } = this, position = Math.log10(beta), interval = findInterval(this.logBetas, position);
    const means = interpolateRow(mu.data, images.shape[0] * count, interval), decode = (codes) => (i) => this.decoder.forward(codes.subarray(i * count, (i + 1) * count), position);
    this.paintStrip(1, decode(means));
    this.paintStrip(2, decode(noise.data));
    const [[rate], [distortion]] = [metadata.rate, metadata.distortion].map((values) => interpolateRow(values, 1, interval)), ends = [rate - SLOPE_REACH, rate + SLOPE_REACH];
    this.curve.update({ present: { x: rate, y: distortion }, slope: { x: ends, y: ends.map((x) => distortion - beta * (x - rate)) } }, this.curveDomains);
    this.veil.hidden = isAnswered;
    this.ratesElement.hidden = this.best.hidden = !isAnswered;
    if (isAnswered) this.rates.update({ rates: { x: Array.from({ length: count }, (_, i) => i + 1), y: this.ratesAt(position), width: 0.7 } });
    this.describeRung(position);
  }

  get curveDomains() {
    const { rate, distortion } = this.metadata, [low, high] = [Math.min(...distortion), Math.max(...distortion)], margin = 0.06 * (high - low);
    return { x: [0, 1.05 * Math.max(...rate)], y: [low - margin, high + margin] };
  }

  /** Print the measured figures of the nearest trained β. */
  describeRung(position) {
    const { rungs, n_test: testCount } = this.metadata, distance = ({ beta }) => Math.abs(Math.log10(beta) - position);
    const { beta, distortion, rate, prior_gap: gap } = rungs.reduce((a, b) => (distance(b) < distance(a) ? b : a));
    this.note.textContent = `Measured at the nearest trained β, ${beta}, on ${testCount.toLocaleString("en")} images of MNIST: D = ${withError(distortion, 1)}, R = ${withError(rate, 2)} nats${gap ? `; prior gap ${gap}` : ""} (95% intervals). Between trained β the weights are mixed. Images are means of p(x|z).`;
  }

  checkTask({ beta, answer }) {
    const left = this.ratesAt(Math.log10(beta)).filter((rate) => rate >= COLLAPSED_NATS).length, ratio = beta / this.collapse;
    return { isSolved: answer > 0 && ratio < TASK_RATIO && ratio > 1 / TASK_RATIO, status: answer ? `β = ${formatSignificant(beta)}: ${left} of ${this.count} dimensions are left.` : "" };
  }
}
