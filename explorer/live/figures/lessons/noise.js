// A linear VAE at the optimum for each noise of its pixels: which dimensions it uses, its means, and samples of p(x|z).

import { arrangeImages } from "../../core/image_grid.js";
import { bestSigma, keptShare, measureLinearVae } from "../../core/linear_vae.js";
import { combineComponents, projectOnto } from "../../core/pca.js";
import { sampleNormal, seedUniform } from "../../core/random.js";
import { formatSignificant } from "../../core/ticks.js";
import { createElement, paintImage } from "../../view/dom.js";
import { LessonFigure } from "./lesson.js";

const REFERENCE_SIGMA = 0.2; // with which a β has the same means
const TASK_NATS = 2; // below the highest mean log p(x)
const FLOOR = 0.002; // of the axis of variances
const CEILING = 8;
const GAP = 1; // px between images
const ROWS = [
  { symbol: "x", label: "test images x" },
  { symbol: "sigma", label: "samples of p(x|z), z encoded from them" },
  { symbol: "mu", label: "their means E[x|z]" },
  { symbol: "eps", label: "Bernoulli samples with these means" },
];

const declareSpectrum = (count) => ({
  title: "Variance of the images along each dimension",
  description: "A bar for each dimension: the variance of the images along its component, on a logarithmic axis, with a line at σ²; the part above the line stands for its rate",
  x: { title: "dimension", domain: [0, count + 1], hasGrid: false },
  y: { title: "variance, summed over pixels", scale: "log", domain: [FLOOR, CEILING] },
  height: matchMedia("(max-width: 640px)").matches ? 200 : 320,
  legend: "top",
  parts: [
    { kind: "bars", name: "error", label: "squared error", colour: "distortion", fill: "outlined" },
    { kind: "bars", name: "rate", label: "rate", colour: "rate", fill: "solid" },
    { kind: "marker", name: "level", label: "σ²", colour: "sigma", draggable: "y" },
  ],
});

export class NoiseLesson extends LessonFigure {
  static controlSymbols = { sigma: "sigma" };

  buildFigure() {
    const { metadata, tensors } = this.blocks.components, parts = tensors(), { images, mean, components, variances } = parts, pixelCount = mean.data.length;
    Object.assign(this, { parts, n: metadata.n, count: images.shape[0], shape: images.shape.slice(1), spectrum: { variances: variances.data, rest: metadata.rest, pixelCount } });
    this.images = Array.from({ length: this.count }, (_, i) => Float64Array.from(images.data.subarray(i * pixelCount, (i + 1) * pixelCount), (value) => value / 255));
    this.scores = this.images.map((image) => projectOnto(components.data, mean.data, image));
    this.dimensions = Array.from(variances.data, (_, i) => i + 1);
    this.highest = measureLinearVae(this.spectrum, bestSigma(this.spectrum)).logLikelihood;
    const { plot, element } = this.addPlot(declareSpectrum(this.dimensions.length), { onMarkerMove: (_, { y }) => this.moveLevel(y) });
    this.rows = ROWS.map(({ symbol, label }) => {
      const canvas = createElement("canvas", { role: "img", "aria-label": label });
      return { canvas, element: createElement("figure", {}, createElement("figcaption", {}, createElement("span", { "data-symbol": symbol }, label)), canvas) };
    });
    this.paintRow(0, this.images);
    this.veil = createElement("p.veil", {}, "Predict first: then the means without noise appear, and the dimensions.");
    this.used = createElement("p.readout", { "data-testid": "used" });
    this.note = createElement("p.readout", { "data-testid": "figures" });
    Object.assign(this, { plot, answers: [this.rows[2].element, this.rows[3].element, element, this.used, this.note] });
    return [createElement("div.lesson-strips", {}, ...this.rows.map((row) => row.element)), createElement("div", {}, this.veil, element, this.used, this.note)];
  }

  /** Move σ so that σ² is a value on the axis of variances. */
  moveLevel(variance) {
    const { low, high } = this.table.fields.find(({ name }) => name === "sigma");
    this.move({ sigma: Math.min(Math.max(Math.sqrt(variance), low), high) });
  }

  paintRow(row, images) {
    const { pixels, shape } = arrangeImages(this.count, this.count, this.shape, (i) => images[i], GAP);
    paintImage(this.rows[row].canvas, pixels, shape);
  }

  /** Return the noise of a seed for each pixel: standard normal numbers, and uniform ones. */
  noiseOf(draw) {
    if (this.noise?.draw !== draw) {
      const uniform = seedUniform(draw), { pixelCount } = this.spectrum;
      this.noise = { draw, normal: this.images.map(() => sampleNormal(pixelCount, uniform)), uniform: this.images.map(() => Array.from({ length: pixelCount }, uniform)) };
    }
    return this.noise;
  }

  /** Return what is decoded from the posterior mean of each test image, with values that may lie outside [0, 1]. */
  decodeMeans(sigma) {
    const { mean, components, variances } = this.parts, shares = Array.from(variances.data, (variance) => keptShare(variance, sigma));
    const used = shares.filter((share) => share > 0).length;
    return this.scores.map((scores) => combineComponents(components.data, mean.data, scores.map((score, k) => score * shares[k]), used));
  }

  paintFigure({ sigma, draw }, isAnswered) {
    const means = this.decodeMeans(sigma), { normal, uniform } = this.noiseOf(draw);
    this.paintRow(1, means.map((image, i) => image.map((value, j) => value + sigma * normal[i][j])));
    this.veil.hidden = isAnswered;
    for (const element of this.answers) element.hidden = !isAnswered;
    if (!isAnswered) return;
    this.paintRow(2, means);
    this.paintRow(3, means.map((image, i) => image.map((value, j) => Number(uniform[i][j] < value))));
    this.paintSpectrum(sigma);
    this.describeModel(sigma);
  }

  paintSpectrum(sigma) {
    const { dimensions, spectrum: { variances } } = this, level = sigma ** 2, used = dimensions.filter((_, i) => variances[i] > level);
    this.plot.update({
      error: { x: dimensions, y: dimensions.map((_, i) => Math.min(variances[i], level)), base: dimensions.map(() => FLOOR), width: 0.8 },
      rate: { x: used, y: used.map((_, i) => variances[i]), base: used.map(() => level), width: 0.8 },
      level: { y: level },
    });
  }

  /** Print what is exact of the model at this σ. */
  describeModel(sigma) {
    const { used, rate, distortion, logLikelihood } = measureLinearVae(this.spectrum, sigma), nats = (value) => value.toFixed(1).replace("-", "−");
    const beta = formatSignificant((sigma / REFERENCE_SIGMA) ** 2);
    this.used.textContent = `${used} of ${this.dimensions.length} dimensions are used, and the means are those of σ = ${REFERENCE_SIGMA} with β = ${beta}.`;
    this.note.textContent = `Rate ${nats(rate)}, distortion ${nats(distortion)}, mean log p(x) ${nats(logLikelihood)} nats: exact for the ${this.n.toLocaleString("en")} test images of MNIST to which the model is fitted. Values below 0 or above 1 are shown as black or white.`;
  }

  checkTask({ sigma, answer }) {
    const { logLikelihood, squaredError } = measureLinearVae(this.spectrum, sigma), format = formatSignificant;
    const status = `Mean log p(x) = ${logLikelihood.toFixed(1).replace("-", "−")} nats; σ² = ${format(sigma ** 2)}, mean squared error of a pixel ${format(squaredError / this.spectrum.pixelCount)}.`;
    return { isSolved: answer > 0 && this.highest - logLikelihood < TASK_NATS, status: answer ? status : "" };
  }
}
