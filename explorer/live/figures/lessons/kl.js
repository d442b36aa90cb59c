// The KL divergence of one posterior from the prior, by its parts, and over every μ and σ.

import { klParts, normalDensity } from "../../core/gaussian.js";
import { createElement } from "../../view/dom.js";
import { LessonFigure } from "./lesson.js";

const T = Float64Array.from({ length: 161 }, (_, i) => i / 20 - 4); // standard deviations
const TASK_NATS = 1; // of the part for σ
const TASK_SLACK = 0.05;
const MAX_DENSITY = 2.2;
const CELLS = 60; // of the map, along each side
const MU = [-3, 3];
const S = [-11, 2];
const toSigma = (s) => Math.exp(s / 2);

const DENSITIES = {
  title: "Posterior and prior",
  description: "The densities of the posterior, whose mean and width can be moved, and of the prior",
  x: { title: "z", domain: [-4, 4] },
  y: { title: "density", domain: [0, MAX_DENSITY] },
  legend: "top",
  parts: [
    { kind: "line", name: "prior", label: "prior p(z)", colour: "z", dash: "dashed" },
    { kind: "area", name: "area", label: "", colour: "sigma" },
    { kind: "line", name: "posterior", label: "posterior q(z|x)", colour: "sigma", dash: "solid" },
    { kind: "marker", name: "mean", label: "μ", colour: "mu", draggable: "x" },
  ],
};
const COSTS = {
  title: "KL and its parts",
  description: "The KL divergence in nats, and its parts for the mean and for the width",
  x: { title: "", domain: [-0.5, 2.5], ticks: ["for μ", "for σ", "KL"].map((label, value) => ({ value, label })) },
  y: { title: "nats", domain: [0, 8] },
  legend: "none",
  parts: [
    { kind: "bars", name: "mean", colour: "mu", relativeWidth: 0.6 },
    { kind: "bars", name: "width", colour: "sigma", fill: "solid" },
    { kind: "bars", name: "sum", colour: "rate", fill: "solid" },
    ...["0", "1", "2"].map((name) => ({ kind: "text", name, anchor: "middle" })),
  ],
};
const MAP = {
  title: "KL at every μ and s, and a model's posteriors",
  description: "KL divergence in nats over the mean and the logarithm of the variance, with the posteriors of a trained VAE as points",
  x: { title: "μ", domain: MU },
  y: { title: "s = log σ²", domain: S },
  legend: "none",
  parts: [
    { kind: "heatMap", name: "nats", label: "KL, nats", domain: [0, 8] },
    { kind: "scatter", name: "posteriors", label: "posteriors of MNIST", radius: 1.5, opacity: 0.5, colour: "#ffffff" },
    { kind: "marker", name: "present", colour: "mark", draggable: true },
  ],
};

/** Return the KL divergence on a grid of the map. */
function computeMap() {
  const values = new Float64Array(CELLS * CELLS), middle = ([low, high], i, n) => low + ((i + 0.5) / n) * (high - low);
  for (let row = 0; row < CELLS; row++)
    for (let column = 0; column < CELLS; column++) {
      const { mean, width } = klParts(middle(MU, column, CELLS), toSigma(middle(S, row, CELLS)));
      values[row * CELLS + column] = mean + width;
    }
  return { values, shape: [CELLS, CELLS], bounds: [MU[0], S[0], MU[1], S[1]] };
}

export class KlLesson extends LessonFigure {
  static controlSymbols = { mu: "mu", s: "sigma" };

  buildFigure() {
    const densities = this.addPlot(DENSITIES, { onMarkerMove: (_, { x }) => this.move({ mu: x }) });
    const costs = this.addPlot(COSTS), map = this.addPlane(MAP, { onMarkerMove: (_, { x, y }) => this.move({ mu: x, s: y }) });
    Object.assign(this, { densities: densities.plot, costs: costs.plot, map: map.plot });
    this.densities.update({ prior: { x: T, y: T.map((z) => normalDensity(z)) } });
    this.veil = createElement("p.veil", {}, "Predict first: then KL appears here, and over every μ and σ.");
    this.answers = [costs.element, map.element];
    this.note = createElement("p.readout.wide");
    this.describePosteriors();
    return [densities.element, this.veil, costs.element, map.element, this.note];
  }

  /** Draw what does not move: KL over the map, and the posteriors of the run. */
  describePosteriors() {
    const { metadata: { n, rate, marginal_kl: marginals, joint_kl: joint }, tensors } = this.blocks.posteriors, { mu, sigma } = tensors();
    this.map.update({ nats: computeMap(), posteriors: { x: mu.data, y: Float64Array.from(sigma.data, (sd) => 2 * Math.log(sd)) } });
    const dependence = joint - marginals.reduce((a, b) => a + b);
    this.together = `White: posteriors of MNIST, ${rate.toFixed(1)} nats each on average. All ${n.toLocaleString("en")} together are ${joint.toFixed(2)} nats from the prior, ${dependence.toFixed(2)} of them because z₁ and z₂ depend on each other.`;
  }

  paintFigure({ mu, s }, isAnswered) {
    const sigma = toSigma(s), x = T.map((t) => mu + sigma * t), y = T.map((t) => normalDensity(t) / sigma);
    this.densities.update({ posterior: { x, y }, area: { x, low: new Float64Array(x.length), high: y }, mean: { x: mu, y: 0 } });
    this.veil.hidden = isAnswered;
    for (const element of this.answers) element.hidden = !isAnswered;
    this.note.textContent = isAnswered ? this.together : "";
    if (!isAnswered) return;
    const { mean, width } = klParts(mu, sigma), nats = [mean, width, mean + width];
    this.costs.update({
      mean: { x: [0], y: [mean], width: 0.6 }, width: { x: [1], y: [width], width: 0.6 }, sum: { x: [2], y: [mean + width], width: 0.6 },
      ...Object.fromEntries(nats.map((value, x) => [x, { x, y: Math.min(value, 7.2) + 0.4, text: value.toFixed(2) }])),
    });
    this.map.update({ present: { x: mu, y: s } });
  }

  checkTask({ mu, s, answer }) {
    const sigma = toSigma(s), { width } = klParts(mu, sigma);
    return { isSolved: sigma > 1 && Math.abs(width - TASK_NATS) < TASK_SLACK, status: `σ = ${sigma.toPrecision(2)}${answer ? `, which costs ${width.toFixed(2)} nats` : ""}.` };
  }
}
