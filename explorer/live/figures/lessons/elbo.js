// q moved over the true posterior of an image: the terms of the bound, and log p(x), as bars.

import { ascend, logNormaliser } from "../../core/evidence.js";
import { findEvidence, readEvidence } from "../../core/evidence_image.js";
import { formatNumber } from "../../core/format.js";
import { Network } from "../../core/network.js";
import { createElement, paintImage, prefersReducedMotion } from "../../view/dom.js";
import { createProse } from "../../view/question.js";
import { ExpectationMaximisation } from "./elbo_steps.js";
import { LessonFigure } from "./lesson.js";

const PLANE = 3.1; // of the visible plane, from its middle to its edge
const LIMITS = [[-3, 3], [-3, 3], [-2.75, 0], [-2.75, 0]]; // of q
const N_STEPS = 40; // of the ascent that is played
const N_BEST_STEPS = 200; // of the one that finds the best q near the encoder's
const START_RATE = 0.02;
const HANDLE_SDS = 2; // between the mean of q and the handles of its widths
const MAX_SHORTFALL = 0.1;
const SHADE_CELLS = 2; // cells on each side of one shade
const NATS = { below: 22, above: 7 }; // of log p(x), where the bars begin and end
const EVIDENCE_ROW = 1;
const LIKELIHOOD_ROW = 0;

const PLANE_DECLARATION = {
  title: "q and the true posterior",
  description: "The true posterior of the image as shades, with ellipses of q, which can be moved, and of the encoder's q",
  x: { title: "z₀", domain: [-PLANE, PLANE], hasGrid: false },
  y: { title: "z₁", domain: [-PLANE, PLANE], hasGrid: false },
  height: 360,
  toScale: true,
  legend: "top",
  parts: [
    { kind: "heatMap", name: "posterior", label: "", colour: "x", ramp: "opacity", domain: [0, 1] },
    { kind: "scatter", name: "codes", label: "codes of images", colour: "grey", radius: 1.5, opacity: 0.6 },
    { kind: "ellipse", name: "encoder", label: "the encoder's q", colour: "grey", radii: [2], dash: "dashed" },
    { kind: "ellipse", name: "q", label: "q, 1 and 2 sd", colour: "mu", radii: [1, 2] },
    { kind: "line", name: "path", label: "", colour: "mu", dash: "solid" },
    { kind: "marker", name: "mean", label: "", colour: "mu", draggable: true },
    { kind: "marker", name: "right", label: "", colour: "mu", shape: "square", draggable: "x", radius: 5 },
    { kind: "marker", name: "top", label: "", colour: "mu", shape: "square", draggable: "y", radius: 5 },
  ],
};
const bar = { kind: "bars", horizontal: true };
const BARS = {
  title: "The bound in nats",
  description: "Bars that end at the bound: below, the expected log-likelihood without the KL to the prior; above, log p(x) without the KL to the true posterior",
  x: { title: "nats" },
  y: { domain: [-0.5, 1.5], ticks: [{ value: EVIDENCE_ROW, label: "log p(x)" }, { value: LIKELIHOOD_ROW, label: "E log p(x|z)" }], hasGrid: false },
  height: 130,
  parts: [
    { ...bar, name: "bound", label: "bound L_b", colour: "z", fill: "solid" },
    { ...bar, name: "gap", label: "KL(q‖p(z|x))", colour: "mu", fill: "hatched" },
    { ...bar, name: "rate", label: "KL(q‖p(z))", colour: "rate", fill: "outlined" },
    { kind: "marker", name: "evidence", label: "log p(x)", colour: "x", dash: "solid" },
    { kind: "marker", name: "likelihood", label: "", colour: "distortion", shape: "diamond", radius: 7 },
  ],
};

/** Return the root of the posterior's density on blocks of cells, relative to the highest. */
function shadePosterior({ n, step, logPosterior }) {
  const size = n / SHADE_CELLS, values = new Float64Array(size * size), edge = (n * step) / 2;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) values[Math.floor(j / SHADE_CELLS) * size + Math.floor(i / SHADE_CELLS)] += Math.exp(logPosterior[i * n + j]);
  const highest = values.reduce((a, b) => Math.max(a, b));
  return { values: values.map((value) => Math.sqrt(value / highest)), shape: [size, size], bounds: [-edge, -edge, edge, edge] };
}

const asGaussian = ([mu0, mu1, s0, s1]) => ({ mean: [mu0, mu1], covariance: [[Math.exp(2 * s0), 0], [0, Math.exp(2 * s1)]] });
const round = (value) => Math.round(1000 * value) / 1000; // as an address has it
const toValues = ([mu0, mu1, s0, s1]) => ({ mu0: round(mu0), mu1: round(mu1), s0: round(s0), s1: round(s1) });
const toQ = ({ mu0, mu1, s0, s1 }) => [mu0, mu1, s0, s1];
const toLogSd = (distance) => Math.min(Math.max(Math.log(Math.max(distance, 1e-9) / HANDLE_SDS), LIMITS[2][0]), LIMITS[2][1]); // of a handle

export class ElboLesson extends LessonFigure {
  static controlSymbols = { mu0: "mu", mu1: "mu", s0: "mu", s1: "mu" };
  static awaited = ["decoder"];

  buildFigure() {
    const { metadata, tensors } = this.blocks.evidence;
    Object.assign(this, { shape: metadata.image_shape, decoder: new Network(this.blocks.decoder) });
    const plane = this.addPlane(PLANE_DECLARATION, { onMarkerMove: (name, at) => this.moveHandle(name, at) }), bars = this.addPlot(BARS);
    Object.assign(this, { plane: plane.plot, bars: bars.plot });
    const codes = tensors().codes.data, everySecond = (first) => codes.filter((_, i) => i % 2 === first);
    this.plane.update({ codes: { x: everySecond(0), y: everySecond(1) } });
    this.veil = createElement("p", {}, "Predict first: then log p(x) appears here.");
    this.sums = createElement("p.readout", { "data-testid": "sums" });
    this.note = createElement("p.readout");
    this.pictures = ["image x", "decoded at μ"].map((label) => ({ label, canvas: createElement("canvas", { role: "img", "aria-label": label }) }));
    this.play = createElement("button", { "data-testid": "ascend", onclick: () => this.startAscent() }, "Gradient ascent");
    this.questions = createElement("div", {}, ...this.options.questions.map(({ question, answer }) => createElement("details", {}, createElement("summary", {}, question), createProse("div", answer))));
    const strip = this.pictures.map(({ label, canvas }) => createElement("figure", {}, canvas, createElement("figcaption", {}, label)));
    return [plane.element, createElement("div", {}, bars.element, this.veil, this.sums, createElement("div.lesson-images", {}, ...strip, this.play), this.note, this.questions)];
  }

  buildFolded() {
    this.steps = new ExpectationMaximisation(this);
    return [this.steps.element];
  }

  receive({ decoder }) {
    if (decoder) this.decoder = new Network(decoder);
  }

  isReady({ image }) {
    return Boolean(findEvidence(this.blocks, Number(image)));
  }

  moveHandle(name, { x, y }) {
    const [mu0, mu1, s0, s1] = toQ(this.values);
    if (name === "mean") this.move(toValues([x, y, s0, s1]));
    else if (name === "right") this.move(toValues([mu0, mu1, toLogSd(x - mu0), s1]));
    else this.move(toValues([mu0, mu1, s0, toLogSd(y - mu1)]));
  }

  move(values) {
    this.path = null;
    super.move(values);
  }

  /** Choose another image: its likelihood over the grid, its picture, and the encoder's q. */
  selectImage(name) {
    const { evidence, encoder, pixels } = readEvidence(findEvidence(this.blocks, Number(name)), Number(name));
    Object.assign(this, { image: name, evidence, encoder });
    let best = { q: this.encoder, rate: START_RATE };
    for (let step = 0; step < N_BEST_STEPS; step++) best = ascend(this.evidence, best.q, best.rate, LIMITS);
    [this.encoderKl, this.bestKl] = [this.encoder, best.q].map((q) => this.evidence.terms(q).klToPosterior);
    this.plane.update({ posterior: shadePosterior(this.evidence), encoder: asGaussian(this.encoder) });
    paintImage(this.pictures[0].canvas, pixels, this.shape);
  }

  paintFigure(values, isAnswered) {
    if (values.image !== this.image) this.selectImage(values.image);
    const q = toQ(values), [mu0, mu1, s0, s1] = q, terms = this.evidence.terms(q), { logEvidence } = this.evidence;
    const { path } = this;
    this.plane.update({
      q: asGaussian(q), mean: { x: mu0, y: mu1 }, right: { x: mu0 + HANDLE_SDS * Math.exp(s0), y: mu1 }, top: { x: mu0, y: mu1 + HANDLE_SDS * Math.exp(s1) },
      path: path?.length > 1 ? { x: path.map((step) => step[0]), y: path.map((step) => step[1]) } : null,
    });
    this.paintBars(terms, logEvidence, isAnswered);
    const pixels = this.decoder.forward([mu0, mu1]);
    paintImage(this.pictures[1].canvas, pixels, this.shape);
    this.veil.hidden = isAnswered;
    this.note.hidden = this.play.hidden = this.questions.hidden = this.steps.element.hidden = !isAnswered;
    this.note.textContent = `The encoder's q (dashed) is ${this.encoderKl.toFixed(2)} nats from the true posterior, ${this.bestKl.toFixed(2)} after gradient ascent from there: the difference is its amortisation gap. Pixels are grey, so this Bernoulli likelihood is no normalised density: log p(x|μ) lacks ${logNormaliser(pixels).toFixed(0)} nats, which the continuous Bernoulli includes (Loaiza-Ganem and Cunningham, 2019).`;
  }

  paintBars({ bound, klToPosterior, klToPrior, logLikelihood }, logEvidence, isAnswered) {
    const low = Math.floor(logEvidence - NATS.below), high = Math.ceil(logEvidence + NATS.above), clip = (value) => Math.min(Math.max(value, low), high);
    const from = clip(bound), rows = isAnswered ? [LIKELIHOOD_ROW, EVIDENCE_ROW] : [LIKELIHOOD_ROW], width = 0.55;
    this.bars.update({
      bound: { x: rows, base: rows.map(() => low), y: rows.map(() => from), width },
      gap: isAnswered ? { x: [EVIDENCE_ROW], base: [from], y: [clip(logEvidence)], width } : null,
      rate: { x: [LIKELIHOOD_ROW], base: [from], y: [clip(logLikelihood)], width },
      evidence: isAnswered ? { x: logEvidence } : null,
      likelihood: { x: clip(logLikelihood), y: LIKELIHOOD_ROW },
    }, { x: [low, high] });
    const part = (symbol, text) => createElement("span", { "data-symbol": symbol }, text), nats = (value) => formatNumber(value, 2);
    const below = ["L_b = E log p(x|z) − KL(q‖p(z)): ", part("z", nats(bound)), " = ", part("distortion", nats(logLikelihood)), " − ", part("rate", nats(klToPrior))];
    const above = isAnswered ? [createElement("br"), "log p(x) = L_b + KL(q‖p(z|x)): ", part("x", nats(logEvidence)), " = ", part("z", nats(bound)), " + ", part("mu", nats(klToPosterior))] : [];
    this.sums.replaceChildren(...below, ...above);
  }

  checkTask(values) {
    const { klToPosterior, bound } = this.evidence.terms(toQ(values));
    const missing = `The bound is ${klToPosterior.toFixed(2)} nats below log p(x).`, status = values.answer ? missing : `The bound is ${formatNumber(bound, 2)} nats.`;
    return { isSolved: values.answer > 0 && klToPosterior < MAX_SHORTFALL, status };
  }

  close() {
    this.steps.pause();
    super.close();
  }

  /** Raise the bound from the present q step by step, one each frame. */
  startAscent() {
    this.stopAnimation?.();
    let q = toQ(this.values), rate = START_RATE, isStopped = false;
    const path = [q];
    const step = () => {
      if (isStopped) return;
      for (let i = prefersReducedMotion() ? N_STEPS : 1; i > 0; i--) {
        ({ q, rate } = ascend(this.evidence, q, rate, LIMITS));
        path.push(q);
      }
      Object.assign(this, { isHeld: true, isPlaying: true, path });
      this.show(toValues(q));
      if (path.length > N_STEPS) return this.commit();
      requestAnimationFrame(step);
    };
    this.stopAnimation = () => (isStopped = true);
    requestAnimationFrame(step);
  }
}
