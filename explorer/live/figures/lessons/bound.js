// Importance-weighted estimates of log p(x) from K draws, beside its exact value, and how far their mean is below it.

import { findEvidence, readEvidence } from "../../core/evidence_image.js";
import { formatNumber } from "../../core/format.js";
import { accumulateRows, estimateFromGroups, estimateFromRows, findBestGaussian, importanceWeights } from "../../core/importance.js";
import { sampleNormal, seedUniform } from "../../core/random.js";
import { countInBins, meanInterval, shareInterval } from "../../core/spread.js";
import { createElement, paintImage } from "../../view/dom.js";
import { LessonFigure } from "./lesson.js";

const REPEATS = 200; // estimates at each K
const MOST_DRAWS = 1000; // of an estimate: as far as K goes
const LIMITS = [[-3, 3], [-3, 3], [-2.75, 0], [-2.75, 0]]; // of the best Gaussian q
const PRIOR = [0, 0, 0, 0]; // as a q: its means and the logarithms of its standard deviations
const BINS = 80;
const TAIL = 0.02; // of the estimates: may be beyond either end of their axis
const ZOOM_POWER = -0.25; // of K, with which their axis becomes shorter; their spread does with −0.5
const ROOM = 1.1; // on an axis, for what lies nearer to log p(x)
const LEAST_SIDE = 0.4; // of the axis on one side of log p(x), to that on the other
const CURVE_K = [...new Set(Array.from({ length: 31 }, (_, i) => Math.round(10 ** (i / 10))))];
const LEAST_SHORTFALL = 0.001; // nats, where the logarithmic axis begins
const MEAN_ROW = -0.1; // of the height of the highest bar
const SOURCES = { prior: "the prior", encoder: "the encoder's q", best: "the best Gaussian q" };
const COLOURS = { prior: "eps", encoder: "mu", best: "sigma" };

const HISTOGRAM = {
  title: "Estimates of log p(x)",
  description: `A histogram of ${REPEATS} estimates, each from K draws, with their mean, and log p(x) by quadrature once the question is answered`,
  x: { title: "nats" },
  y: { domain: [2 * MEAN_ROW, 1.35], ticks: [{ value: MEAN_ROW, label: "mean" }], hasGrid: false },
  height: 230,
  minLeft: 48,
  legend: "none",
  parts: [
    { kind: "bars", name: "below", label: "estimates", colour: "z", fill: "solid" },
    { kind: "bars", name: "above", label: "estimates above log p(x)", colour: "red", fill: "hatched" },
    { kind: "line", name: "interval", label: "", colour: "z", dash: "solid", width: 5 },
    { kind: "marker", name: "mean", colour: "z", shape: "diamond", label: "" },
    { kind: "marker", name: "evidence", label: "log p(x)", colour: "x", dash: "solid" },
    { kind: "text", name: "share above", colour: "red", anchor: "start" },
  ],
};
const sources = Object.keys(SOURCES);
const SHORTFALL = {
  title: "How far the mean is below log p(x)",
  description: "The distance of the mean of the estimates below log p(x) over the number of draws, from the prior, the encoder's q and the best Gaussian, with 95% intervals",
  x: { title: "draws K", scale: "log", domain: [0.85, MOST_DRAWS] },
  y: { title: "nats", scale: "log", domain: [LEAST_SHORTFALL, 30] },
  height: 150,
  minLeft: 48,
  legend: "top",
  parts: [
    ...sources.map((name) => ({ kind: "area", name: `${name} interval`, label: "", colour: COLOURS[name], opacity: 0.2 })),
    ...sources.map((name, i) => ({ kind: "line", name, label: SOURCES[name], colour: COLOURS[name], dash: ["dotted", "dashed", "solid"][i], width: 2.5 })),
    { kind: "scatter", name: "exact", label: "KL(q‖p(z|x))", colour: "text", shape: "diamond", radius: 4, opacity: 1 },
    { kind: "marker", name: "present", label: "K", colour: "mark", draggable: "x" },
  ],
};
const DIVISION = {
  title: "KL(q‖p(z|x)) of the encoder's q",
  description: "The KL divergence of the encoder's q from the true posterior, divided into that of the best Gaussian and the rest",
  x: { title: "nats" },
  y: { domain: [-0.5, 0.5], ticks: [], hasGrid: false },
  height: 34,
  minLeft: 48,
  legend: "top",
  buttons: [],
  parts: [
    { kind: "bars", name: "family", label: "family: the best Gaussian's", colour: "sigma", fill: "solid", horizontal: true },
    { kind: "bars", name: "amortisation", label: "amortisation gap", colour: "mu", fill: "hatched", horizontal: true },
  ],
};

const percent = (share) => `${Math.round(100 * share)}%`;
const nats = (value) => formatNumber(value, 2);

export class BoundLesson extends LessonFigure {
  buildFigure() {
    const follow = { onMarkerMove: (_, { x }) => this.move({ k: Math.round(Math.min(Math.max(x, 1), MOST_DRAWS)) }) };
    const [histogram, shortfall, division] = [this.addPlot(HISTOGRAM), this.addPlot(SHORTFALL, follow), this.addPlot(DIVISION)];
    Object.assign(this, { histogram: histogram.plot, shortfall: shortfall.plot, division: division.plot });
    this.veil = createElement("p.veil", {}, "Predict first: then log p(x) appears, and how far the mean is below it.");
    this.parts = createElement("p.readout");
    this.answers = [shortfall.element, division.element, this.parts];
    this.picture = createElement("canvas", { role: "img", "aria-label": "test image" });
    this.note = createElement("p.readout");
    const column = (...children) => createElement("div.lesson-column", {}, ...children);
    const facts = createElement("div.bound-facts", {}, this.picture, this.note);
    return [createElement("div.lesson-columns.wide", {}, column(histogram.element, facts), column(this.veil, ...this.answers))];
  }

  isReady({ image }) {
    return Boolean(findEvidence(this.blocks, Number(image)));
  }

  /** Choose another image or other noise: log p(x), the Gaussians to draw from, and no estimates yet. */
  select({ image, draw }) {
    if (this.draw !== draw) this.noise = Float64Array.from(sampleNormal(2 * REPEATS * MOST_DRAWS, seedUniform(draw)));
    if (this.image !== image) {
      const { evidence, encoder, pixels } = readEvidence(findEvidence(this.blocks, Number(image)), Number(image));
      Object.assign(this, { evidence, gaussians: { prior: PRIOR, encoder } });
      paintImage(this.picture, pixels, this.blocks.evidence.metadata.image_shape);
    }
    Object.assign(this, { image, draw, weights: {}, sums: {}, isMeasured: false });
  }

  /** Return the weights of the draws from a q, [REPEATS * MOST_DRAWS]. */
  weightsOf(name) {
    if (name === "best") this.gaussians.best ??= findBestGaussian(this.evidence, this.gaussians.encoder, LIMITS);
    return (this.weights[name] ??= importanceWeights(this.evidence, this.gaussians[name], this.noise));
  }

  /** Return an estimate of each repeat from its first k draws from a q, minus log p(x). */
  estimatesAt(name, k) {
    this.sums[name] ??= accumulateRows(this.weightsOf(name), MOST_DRAWS);
    return estimateFromRows(this.sums[name], MOST_DRAWS, k);
  }

  paintFigure(values, isAnswered) {
    if (values.image !== this.image || values.draw !== this.draw) this.select(values);
    this.veil.hidden = isAnswered;
    for (const element of this.answers) element.hidden = !isAnswered;
    this.paintHistogram(values, isAnswered);
    if (!isAnswered) return;
    if (!this.isMeasured) this.measure();
    this.shortfall.update({ present: { x: values.k } });
  }

  paintHistogram({ k, q }, isAnswered) {
    const { logEvidence } = this.evidence, estimates = this.estimatesAt(q, k), { mean, halfWidth } = meanInterval(estimates);
    const { low, step } = this.findRange(q, k), high = low + BINS * step, counts = countInBins(estimates, low, high, BINS), most = Math.max(...counts);
    const bars = Array.from(counts, (count, i) => ({ x: low + (i + 0.5) * step, y: count / most })).filter(({ y }) => y);
    const list = (shown) => ({ x: shown.map(({ x }) => x + logEvidence), y: shown.map(({ y }) => y), width: 0.9 * step });
    const isAbove = ({ x }) => isAnswered && x > 0, above = shareInterval(estimates.filter((estimate) => estimate > 0).length, REPEATS);
    this.histogram.update({
      below: list(bars.filter((bar) => !isAbove(bar))), above: list(bars.filter(isAbove)),
      interval: { x: [mean - halfWidth, mean + halfWidth].map((end) => end + logEvidence), y: [MEAN_ROW, MEAN_ROW] }, mean: { x: mean + logEvidence, y: MEAN_ROW },
      evidence: isAnswered ? { x: logEvidence } : null,
      "share above": isAnswered ? { x: logEvidence + step, y: 1.1, text: `${percent(above.share)} above` } : null,
    }, { x: [low + logEvidence, high + logEvidence] });
    const head = `${REPEATS} estimates, each from ${k.toLocaleString("en")} draw${k > 1 ? "s" : ""} of ${SOURCES[q]}: mean ${nats(mean + logEvidence)} ± ${nats(halfWidth)} nats`;
    this.note.textContent = isAnswered ? `${head}, by quadrature log p(x) = ${nats(logEvidence)}. ${percent(above.share)} of them (${percent(above.low)} to ${percent(above.high)}) lie above it. What is beyond the axis is in its last bin.` : `${head}.`;
  }

  /** Return the axis of estimates, minus log p(x): its lower end, and the step of its bins, two of which meet at 0. */
  findRange(q, k) {
    const tails = [1, k].map((draws) => this.estimatesAt(q, draws).sort()), zoom = k ** ZOOM_POWER;
    const [below, above] = [TAIL, 1 - TAIL].map((share) => {
      const [atOne, atK] = tails.map((sorted) => Math.max(sorted[Math.round(share * (REPEATS - 1))] * (share < 0.5 ? -1 : 1), 0));
      return Math.max(atOne * zoom, ROOM * atK);
    });
    const longer = Math.max(below, above), sides = [below, above].map((side) => Math.max(side, LEAST_SIDE * longer)), step = (sides[0] + sides[1]) / BINS;
    return { low: -step * Math.round(sides[0] / step), step };
  }

  /** Show how far the means are below log p(x) at each K, from all draws, and what the KL of the encoder's q consists of. */
  measure() {
    const update = {}, shown = (shortfall) => Math.max(shortfall, LEAST_SHORTFALL);
    for (const name of sources) {
      const curve = CURVE_K.map((k) => meanInterval(estimateFromGroups(this.weightsOf(name), k)));
      update[name] = { x: CURVE_K, y: curve.map(({ mean }) => (-mean > LEAST_SHORTFALL ? -mean : NaN)) };
      update[`${name} interval`] = { x: CURVE_K, low: curve.map(({ mean, halfWidth }) => shown(-mean - halfWidth)), high: curve.map(({ mean, halfWidth }) => shown(halfWidth - mean)) };
    }
    const exact = sources.map((name) => this.evidence.terms(this.gaussians[name]).klToPosterior), [, encoder, best] = exact, width = 0.8;
    this.shortfall.update({ ...update, exact: { x: sources.map(() => 1), y: exact } });
    this.division.update({ family: { x: [0], y: [best], width }, amortisation: { x: [0], base: [best], y: [encoder], width } }, { x: [0, 1.02 * encoder] });
    const part = (symbol, value) => createElement("span", { "data-symbol": symbol }, nats(value));
    this.parts.replaceChildren("KL of the encoder's q: ", part("mu", encoder), " nats = ", part("sigma", best), " (no such Gaussian is nearer) + ", part("mu", encoder - best), " (the encoder's). Pixels are grey, so this p(x) is no normalised density.");
    this.isMeasured = true;
  }

  /** Return by how much the prior's mean is above that of the best Gaussian at K draws, with its 95% interval: both use the same noise. */
  comparePrior(k) {
    const [prior, best] = ["prior", "best"].map((name) => this.estimatesAt(name, k));
    return meanInterval(prior.map((estimate, i) => estimate - best[i]));
  }

  checkTask({ k, answer }) {
    if (!answer) return { isSolved: false, status: "" };
    const { mean, halfWidth } = this.comparePrior(k);
    return { isSolved: mean - halfWidth > 0, status: `Prior − best Gaussian: ${nats(mean)} ± ${nats(halfWidth)} nats.` };
  }
}
