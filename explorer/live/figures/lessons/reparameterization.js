// The same noise under another μ and σ, and the spread of two estimates of the gradient.

import { formatNumber } from "../../core/format.js";
import { estimateGradients, LOSSES } from "../../core/gradients.js";
import { sampleNormal, seedUniform } from "../../core/random.js";
import { countInBins, spreadRatio, standardDeviation } from "../../core/spread.js";
import { createElement } from "../../view/dom.js";
import { LessonFigure } from "./lesson.js";

const BATCHES = 200;
const MAX_SAMPLES = 1000; // of a batch
const SHOWN_SAMPLES = 40; // at most
const MAX_Z = 6; // of the axes of z, either way
const Z = Float64Array.from({ length: 241 }, (_, i) => (i / 120 - 1) * MAX_Z);
const MAX_RATIO = 0.5; // of the spreads, that solves the task
const BINS = 80;
const FORMULAS = { bowl: "(z − 1)²", ripples: "cos 4z" };
const LOSS_DOMAINS = { bowl: [-2, 20], ripples: [-1.6, 1.6] };
const REACHES = { bowl: 20, ripples: 4 }; // of the axes of the gradients, either way
const TANGENT = 0.35; // half the width of a tangent at slope 0
const SCORE_ROW = 1; // heights of the histograms
const PATH_ROW = 0;

const MAPPING = {
  title: "From noise to z",
  description: "Each sample as a line from its noise ε above to its z = μ + σ·ε below, with μ, which can be moved, and μ ± σ",
  x: { title: "z", domain: [-MAX_Z, MAX_Z] },
  y: { title: "", domain: [-0.75, 1.2], ticks: [["ε", 1], ["z", 0], ["μ ± σ", -0.45]].map(([label, value]) => ({ value, label })), hasGrid: false },
  height: 130,
  minLeft: 48,
  legend: "none",
  parts: [
    { kind: "line", name: "paths", label: "", colour: "z", dash: "solid", width: 1 },
    { kind: "scatter", name: "ε", colour: "eps", shape: "circle" },
    { kind: "scatter", name: "z", colour: "z", shape: "circle" },
    { kind: "line", name: "μ ± σ", label: "", colour: "sigma", dash: "solid", width: 5 },
    { kind: "marker", name: "μ", colour: "mu", draggable: "x" },
  ],
};
const LOSS = {
  title: "Loss and slope at each z",
  description: "The loss f(z) over z, and the samples on it, each with the slope of the loss there",
  x: { title: "z", domain: [-MAX_Z, MAX_Z] },
  y: { title: "loss f(z)" },
  height: 190,
  minLeft: 48,
  legend: "none",
  parts: [
    { kind: "line", name: "loss", label: "f(z)", colour: "grey", dash: "solid" },
    { kind: "line", name: "slopes", label: "", colour: "z", dash: "solid", width: 2.5 },
    { kind: "scatter", name: "samples", colour: "z", shape: "circle" },
  ],
};
const declareGradient = (symbol) => ({
  title: `Gradient with respect to ${symbol}`,
  description: `Histograms of the estimates of the gradient with respect to ${symbol} by two estimators, and the exact gradient`,
  x: { title: `gradient with respect to ${symbol}` },
  y: { title: "", domain: [-0.1, 2], ticks: [{ value: PATH_ROW + 0.4, label: "slopes" }, { value: SCORE_ROW + 0.4, label: "score function" }], hasGrid: false },
  height: 165,
  legend: "none",
  parts: [
    { kind: "area", name: "pathwise", label: "slopes", colour: "z", opacity: 0.6 },
    { kind: "area", name: "score", label: "score function", colour: "red", opacity: 0.6 },
    { kind: "marker", name: "exact", label: "exact", colour: "mark", dash: "solid" },
    ...["pathwise", "score"].map((name) => ({ kind: "text", name: `${name} spread`, anchor: "start" })),
  ],
});

/** Return a line of separate pieces: each from its start to its end, [x, y]. */
function joinPieces(pieces) {
  const points = pieces.flatMap(([start, end]) => [start, end, [NaN, NaN]]);
  return { x: points.map(([x]) => x), y: points.map(([, y]) => y) };
}

/** Return the outline of a histogram above a row, as high as 0.85. */
function outlineBins(values, reach, row) {
  const counts = countInBins(values, -reach, reach, BINS), most = Math.max(...counts);
  const x = Float64Array.from({ length: 2 * BINS }, (_, i) => (2 * Math.ceil(i / 2) / BINS - 1) * reach);
  return { x, low: new Float64Array(x.length).fill(row), high: Float64Array.from(x, (_, i) => row + (0.85 * counts[Math.floor(i / 2)]) / most) };
}

const formatRatio = ({ ratio, low, high }) => {
  const [value, from, to] = [ratio, low, high].map((number) => number.toFixed(ratio < 1 ? 2 : ratio < 10 ? 1 : 0));
  return `${value} (${from} to ${to})`;
};

export class ReparameterizationLesson extends LessonFigure {
  static controlSymbols = { mu: "mu", sigma: "sigma" };

  buildFigure() {
    const moveMu = { onMarkerMove: (_, { x }) => this.move({ mu: x }) };
    const [mapping, loss, byMu, bySigma] = [this.addPlot(MAPPING, moveMu), this.addPlot(LOSS), this.addPlot(declareGradient("μ")), this.addPlot(declareGradient("σ"))];
    Object.assign(this, { mapping: mapping.plot, loss: loss.plot, gradients: { mu: byMu.plot, sigma: bySigma.plot } });
    this.veil = createElement("p.veil", {}, "Predict first: then the estimates of the gradient appear here.");
    this.answers = [byMu.element, bySigma.element];
    this.note = createElement("p.readout.wide");
    const column = (...children) => createElement("div.lesson-column", {}, ...children);
    return [createElement("div.lesson-columns.wide", {}, column(mapping.element, loss.element), column(this.veil, ...this.answers)), this.note];
  }

  /** Return the noise of a seed, [BATCHES × MAX_SAMPLES]. */
  noiseOf(draw) {
    if (this.noise?.draw !== draw) this.noise = { draw, eps: Float64Array.from(sampleNormal(BATCHES * MAX_SAMPLES, seedUniform(draw))) };
    return this.noise.eps;
  }

  paintFigure(values, isAnswered) {
    this.estimate(values);
    this.paintSamples(values);
    this.veil.hidden = isAnswered;
    for (const element of this.answers) element.hidden = !isAnswered;
    this.note.hidden = !isAnswered;
    if (isAnswered) this.paintGradients(values);
  }

  /** Estimate the gradients, and compare their spreads. */
  estimate({ mu, sigma, n, loss, draw }) {
    this.estimates = estimateGradients(loss, mu, sigma, this.noiseOf(draw), MAX_SAMPLES, n);
    const { pathwise, score } = this.estimates;
    this.ratios = { mu: spreadRatio(score.mu, pathwise.mu), sigma: spreadRatio(score.sigma, pathwise.sigma) };
  }

  paintSamples({ mu, sigma, n, loss, draw }) {
    const eps = this.noiseOf(draw).subarray(0, Math.min(n, SHOWN_SAMPLES)), z = eps.map((e) => mu + sigma * e), row = (y) => Array(z.length).fill(y);
    const { value, slope } = LOSSES[loss], [low, high] = LOSS_DOMAINS[loss];
    this.mapping.update({
      paths: joinPieces(Array.from(eps, (e, i) => [[e, 1], [z[i], 0]])), ε: { x: eps, y: row(1) }, z: { x: z, y: row(0) },
      "μ ± σ": { x: [mu - sigma, mu + sigma], y: [-0.45, -0.45] }, μ: { x: mu, y: -0.45 },
    });
    const shown = Array.from(z).filter((at) => Math.abs(at) <= MAX_Z && value(at) <= high);
    const tangents = shown.map((at) => {
      const halfWidth = TANGENT / Math.hypot(1, (slope(at) * MAX_Z) / (high - low)); // of about equal length
      return [-halfWidth, halfWidth].map((step) => [at + step, value(at) + step * slope(at)]);
    });
    this.loss.update({ loss: { x: Z, y: Z.map(value) }, slopes: joinPieces(tangents), samples: { x: shown, y: shown.map(value) } }, { y: [low, high] });
  }

  paintGradients({ mu, sigma, n, loss }) {
    const reach = REACHES[loss], exact = LOSSES[loss].exact(mu, sigma), { pathwise, score } = this.estimates;
    for (const [name, plot] of Object.entries(this.gradients)) {
      const spread = (values, row) => ({ x: -0.98 * reach, y: row + 0.4, text: `±${standardDeviation(values).toPrecision(2)}` });
      plot.update({
        pathwise: outlineBins(pathwise[name], reach, PATH_ROW), score: outlineBins(score[name], reach, SCORE_ROW), exact: { x: exact[name] },
        "pathwise spread": spread(pathwise[name], PATH_ROW), "score spread": spread(score[name], SCORE_ROW),
      }, { x: [-reach, reach] });
    }
    const [exactMu, exactSigma] = [exact.mu, exact.sigma].map((value) => formatNumber(value, 2));
    this.note.textContent = `Estimates from ${BATCHES} batches of ${n.toLocaleString("en")} samples, with f(z) = ${FORMULAS[loss]}; ± is their standard deviation. Both have the same expectation: ${exactMu} for μ, ${exactSigma} for σ. That of the score function spreads ${formatRatio(this.ratios.mu)} times as widely for μ, ${formatRatio(this.ratios.sigma)} for σ (95% intervals). Estimates beyond an axis are in its last bin.`;
  }

  checkTask({ answer }) {
    const { mu } = this.ratios;
    return { isSolved: mu.high < MAX_RATIO, status: answer ? `Score function ÷ slopes, for μ: ${formatRatio(mu)}.` : "" };
  }
}
