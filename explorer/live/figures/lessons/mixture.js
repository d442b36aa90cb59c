// A VAE of numbers as an infinite mixture of Gaussians, which its decoder moves along x, beside mixtures of a few free ones.

import { formatNumber } from "../../core/format.js";
import { normalDensity } from "../../core/gaussian.js";
import { equallyLikelyPoints, interpolateValues, mixtureDensity, normalCells } from "../../core/mixture.js";
import { Network } from "../../core/network.js";
import { countInBins } from "../../core/spread.js";
import { createElement } from "../../view/dom.js";
import { LessonFigure } from "./lesson.js";

const X_COUNT = 341; // of a density's curve
const CELLS = 1200; // of z, for the infinite mixture
const CURVE_Z = Float64Array.from({ length: 241 }, (_, i) => i / 40 - 3);
const DATA_BINS = 68;
const SHOWN_DEVIATIONS = 4; // of a Gaussian's curve
const SELECTED_SCALE = 0.15; // of the Gaussian at z, so that it fits into the plot
const MAX_TASK_DENSITY = 0.01;
const MAX_DENSITY = 0.7;
const MIN_LEFT = 48; // px: one x stands over the other

const declareDensity = (title, parts, xRange) => ({
  title,
  description: `${title}: the density of x, its Gaussians, and a histogram of the data`,
  x: { title: "x", domain: xRange },
  y: { title: "density", domain: [0, MAX_DENSITY] },
  height: 190,
  minLeft: MIN_LEFT,
  legend: "top",
  parts: [
    { kind: "area", name: "data", label: "data", colour: "grey", opacity: 0.3 },
    { kind: "line", name: "components", label: "", colour: "mu", dash: "solid", width: 1 },
    ...parts,
  ],
});
const VAE_PARTS = [
  { kind: "area", name: "selected", label: `Gaussian at z, × ${SELECTED_SCALE}`, colour: "z", opacity: 0.6 },
  { kind: "line", name: "sum", label: "sum of K", colour: "mu", dash: "dashed", width: 2.5 },
  { kind: "line", name: "total", label: "all: p(x)", colour: "x", dash: "solid", width: 2.5 },
];
const declareDecoder = (xRange) => ({
  title: "The decoder: where z puts its Gaussian",
  description: "The mean of x at each z, with one standard deviation to either side; z can be moved",
  x: { title: "x", domain: xRange },
  y: { title: "z", domain: [-3, 3] },
  height: 190,
  minLeft: MIN_LEFT,
  legend: "top",
  parts: [
    { kind: "line", name: "mean", label: "mean m(z)", colour: "mu", dash: "solid" },
    { kind: "line", name: "low", label: "m(z) ± s(z)", colour: "sigma", dash: "dotted" },
    { kind: "line", name: "high", label: "", colour: "sigma", dash: "dotted" },
    { kind: "line", name: "width", label: "", colour: "sigma", dash: "solid", width: 5 },
    { kind: "marker", name: "z", colour: "z", draggable: "y" },
  ],
});
const declareScores = (count) => ({
  title: "Plain mixture − VAE, log-likelihood of new numbers",
  description: "Mean difference of the test log-likelihoods of a mixture of K Gaussians and of the VAE, with its 95% interval",
  x: { title: "K, Gaussians of the plain mixture", domain: [0.5, count + 1.5], ticks: Array.from({ length: count }, (_, i) => ({ value: i + 1, label: String(i + 1) })), hasGrid: false },
  y: { title: "nats per number" },
  height: 190,
  minLeft: MIN_LEFT,
  legend: "none",
  parts: [
    { kind: "marker", name: "vae", label: "VAE", colour: "x", dash: "solid" },
    { kind: "marker", name: "truth", label: "true density", colour: "grey" },
    { kind: "line", name: "intervals", label: "", colour: "mu", dash: "solid", width: 2 },
    { kind: "scatter", name: "differences", label: "mixture − VAE", colour: "mu", shape: "circle", opacity: 1, radius: 3 },
    { kind: "marker", name: "present", colour: "mark" },
  ],
});

/** Return the curves of the Gaussians of a mixture as one line, each over a few standard deviations. */
function drawComponents(grid, { weight, mean, sd }) {
  const x = [], y = [];
  for (let k = 0; k < mean.length; k++) {
    for (const at of grid) {
      if (Math.abs(at - mean[k]) > SHOWN_DEVIATIONS * sd[k]) continue;
      x.push(at);
      y.push(weight[k] * normalDensity(at, mean[k], sd[k]));
    }
    x.push(NaN);
    y.push(NaN);
  }
  return { x, y };
}

export class MixtureLesson extends LessonFigure {
  static controlSymbols = { z: "z" };

  buildFigure() {
    const { metadata, tensors } = this.blocks.fits, { x_range: xRange, differences } = metadata;
    this.network = new Network(this.blocks.fits);
    this.x = Float64Array.from({ length: X_COUNT }, (_, i) => xRange[0] + (i / (X_COUNT - 1)) * (xRange[1] - xRange[0]));
    this.truth = tensors().truth.data;
    const moveZ = { onMarkerMove: (_, { y }) => this.move({ z: y }) };
    const plots = [this.addPlot(declareDensity("VAE", VAE_PARTS, xRange)), this.addPlot(declareDecoder(xRange), moveZ), this.addPlot(declareDensity("Plain mixture of K", [VAE_PARTS[2]], xRange)), this.addPlot(declareScores(differences.length))];
    [this.vae, this.decoder, this.plain, this.scores] = plots.map(({ plot }) => plot);
    this.veil = createElement("p.veil", {}, "Predict first: then the plain mixtures appear here.");
    const [left, right] = [plots.slice(0, 2), plots.slice(2)].map((half) => half.map(({ element }) => element));
    this.answers = right;
    this.note = createElement("p.readout.wide");
    this.drawStill(metadata, tensors().x.data);
    const column = (...children) => createElement("div.lesson-column", {}, ...children);
    return [createElement("div.lesson-columns.wide", {}, column(...left), column(this.veil, ...right)), this.note];
  }

  /** Draw what does not move: the data, the infinite mixture, the curve of the decoder, and the scores. */
  drawStill({ x_range: [low, high], differences, truth_score: truth, vae_score: vae }, numbers) {
    const counts = countInBins(numbers, low, high, DATA_BINS), width = (high - low) / DATA_BINS;
    const edges = Float64Array.from({ length: 2 * DATA_BINS }, (_, i) => low + Math.ceil(i / 2) * width);
    const data = { x: edges, low: new Float64Array(edges.length), high: edges.map((_, i) => counts[Math.floor(i / 2)] / (numbers.length * width)) };
    const { z, weight } = normalCells(CELLS), curve = this.decodeGaussians(CURVE_Z);
    this.vae.update({ data, total: { x: this.x, y: mixtureDensity(this.x, { weight, ...this.decodeGaussians(z) }) } });
    this.plain.update({ data });
    const line = (side) => ({ x: curve.mean.map((mean, i) => mean + side * curve.sd[i]), y: CURVE_Z });
    this.decoder.update({ mean: line(0), low: line(-1), high: line(1) });
    const k = differences.map((_, i) => i + 1), y = differences.map(({ mean }) => mean);
    const ends = differences.flatMap(({ mean, half_width: half }) => [mean - half, mean + half, NaN]);
    this.scores.update({ vae: { y: 0 }, truth: { y: truth - vae }, intervals: { x: ends.map((_, i) => (i % 3 < 2 ? Math.floor(i / 3) + 1 : NaN)), y: ends }, differences: { x: k, y } });
  }

  /** Return the mean and standard deviation of the Gaussian at each z. */
  decodeGaussians(z) {
    const mean = new Float64Array(z.length), sd = new Float64Array(z.length);
    for (let i = 0; i < z.length; i++) {
      const [m, logvar] = this.network.forward([z[i]]);
      mean[i] = m;
      sd[i] = Math.exp(logvar / 2);
    }
    return { mean, sd };
  }

  paintFigure({ z, k }, isAnswered) {
    const { mean: [mean], sd: [sd] } = this.decodeGaussians([z]);
    if (this.shownCount !== k) this.paintSum(k);
    this.vae.update({ selected: { x: this.x, low: new Float64Array(X_COUNT), high: this.x.map((at) => SELECTED_SCALE * normalDensity(at, mean, sd)) } });
    this.decoder.update({ width: { x: [mean - sd, mean + sd], y: [z, z] }, z: { x: mean, y: z } });
    this.veil.hidden = isAnswered;
    for (const element of this.answers) element.hidden = !isAnswered;
    this.note.hidden = !isAnswered;
  }

  /** Show k of the VAE's Gaussians, at equally likely z, with their sum, and the plain mixture. */
  paintSum(k) {
    const finite = { weight: new Float64Array(k).fill(1 / k), ...this.decodeGaussians(equallyLikelyPoints(k)) };
    this.vae.update({ components: drawComponents(this.x, finite), sum: { x: this.x, y: mixtureDensity(this.x, finite) } });
    this.paintPlain(k);
    this.shownCount = k;
  }

  /** Show the plain mixture of k Gaussians, or of as many as were fitted. */
  paintPlain(wanted) {
    const { metadata, tensors } = this.blocks.fits, { scores, differences } = metadata, k = Math.min(wanted, scores.length), start = (k * (k - 1)) / 2;
    const [weight, mean, sd] = ["weight", "mean", "sd"].map((name) => tensors()[name].data.subarray(start, start + k)), mixture = { weight, mean, sd };
    this.plain.update({ components: drawComponents(this.x, mixture), total: { x: this.x, y: mixtureDensity(this.x, mixture) } });
    const { mean: difference, half_width: half, sign } = differences[k - 1], nats = (value) => formatNumber(value, 3);
    this.scores.update({ present: { x: k, y: difference } });
    const verdict = sign > 0 ? "The plain mixture fits better." : sign < 0 ? "The VAE fits better." : "Which one fits better is not established.";
    const limit = wanted > k ? " (the largest that was fitted)" : "";
    this.note.textContent = `Plain mixture of K = ${k}${limit}, ${3 * k - 1} learned numbers: ${nats(scores[k - 1])} nats per number. VAE, ${metadata.n_parameters.toLocaleString("en")} learned numbers in the decoder: ${nats(metadata.vae_score)}. Difference ${nats(difference)} ± ${half.toFixed(3)}, a 95% interval over ${metadata.n_test.toLocaleString("en")} test numbers; each model was fitted once. ${verdict}`;
  }

  checkTask({ z }) {
    const { mean: [mean] } = this.decodeGaussians([z]), [low, high] = this.blocks.fits.metadata.x_range, density = interpolateValues(this.truth, low, high, mean);
    return { isSolved: density < MAX_TASK_DENSITY, status: `m(z) = ${formatNumber(mean, 2)}, where the true density is ${density.toFixed(3)}.` };
  }
}
