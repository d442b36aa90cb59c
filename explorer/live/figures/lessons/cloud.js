// Two posteriors that overlap, the images that z between them decodes to, and the true posterior of a dimmed image.

import { meanOfNearest } from "../../core/nearest_images.js";
import { Network } from "../../core/network.js";
import { cropGrid, dimmedPosterior, overlapShare, relativeDensity } from "../../core/posteriors.js";
import { sampleNormal, seedUniform } from "../../core/random.js";
import { createElement } from "../../view/dom.js";
import { createImageStrip } from "../../view/image_strip.js";
import { LessonFigure } from "./lesson.js";

const SAMPLES = 40; // of each posterior
const DECODED_SAMPLES = 6; // of the first
const NEAREST = 5; // images whose mean phase is that of a decoded one
const TASK_SHARE = 0.8; // of the peak of both posteriors
const FAR = 3; // σ of the encoder: a mean farther away lies outside of its posterior
const MAP_DEVIATIONS = 3.5; // standard deviations of a distribution that the map shows
const FULL_LIGHT = 100;

const MAP = {
  title: "Latent space",
  description: "The posteriors of two test images as ellipses of one and two standard deviations, samples of them, and z on the line between their means, which can be moved",
  x: { title: "z₀" },
  y: { title: "z₁" },
  height: 340,
  toScale: true,
  legend: "top",
  parts: [
    { kind: "heatMap", name: "truth", label: "", ramp: "opacity", colour: "x", domain: [0, 1] },
    { kind: "scatter", name: "codes", label: "μ of other moons", colour: "grey", shape: "circle", radius: 2 },
    { kind: "line", name: "line", label: "", colour: "grey", dash: "dashed", width: 1 },
    { kind: "ellipse", name: "first", label: "q(z|x), 1 and 2 σ", colour: "sigma" },
    { kind: "ellipse", name: "second", label: "", colour: "sigma" },
    { kind: "scatter", name: "samples", colour: "z", shape: "circle", radius: 1.8 },
    { kind: "scatter", name: "μ", colour: "mu", shape: "circle", radius: 4, opacity: 1 },
    { kind: "marker", name: "z", label: "z", colour: "z", draggable: true },
  ],
};
const percent = (share) => `${Math.round(100 * share)}%`;
const geometricMean = ([a, b]) => Math.sqrt(a * b);

export class CloudLesson extends LessonFigure {
  static controlSymbols = { way: "z", noise: "eps", light: "x" };
  static awaited = ["decoder", "truth"];

  buildFigure() {
    const { metadata, tensors } = this.blocks.posteriors, { shape, rows } = metadata;
    this.network = new Network(this.blocks.decoder);
    this.tensors = tensors();
    const map = this.addPlot(MAP, { onMarkerMove: (_, position) => this.move({ way: this.projectOntoLine(position) }) });
    this.map = map.plot;
    this.moons = createImageStrip(3, { label: "The two moons, and between them what z decodes to", shape, nameOf: (i) => ["moon 1", "decoded from z", "moon 2"][i] });
    this.sampled = createImageStrip(DECODED_SAMPLES, { label: "Decoded samples of the posterior of moon 1", shape, nameOf: (i) => `sample ${i + 1}` });
    this.phases = rows.map((row) => metadata.phase[row]);
    this.overlap = createElement("p.readout");
    this.veil = createElement("p.veil", {}, "Predict first: then moon 1 can be dimmed, and its true posterior is shown.");
    this.note = createElement("p.readout");
    const side = createElement(
      "div.lesson-column", {}, createElement("div.moons", {}, this.moons.element), this.overlap,
      createElement("div.moon-samples", {}, createElement("p", {}, "Samples of the posterior of moon 1, decoded:"), this.sampled.element), this.veil, this.note,
    );
    return [createElement("div.lesson-columns.wide", {}, createElement("div.lesson-column", {}, map.element), side)];
  }

  receive({ decoder }) {
    if (decoder) Object.assign(this, { network: new Network(decoder), shownSamples: null });
  }

  /** Return both posteriors as the encoder gives them, the first of the dimmed moon, and as the noise widens them. */
  findPosteriors({ light, noise }) {
    const { mu, sigma, dimmed_mu: dimmedMu, dimmed_sigma: dimmedSigma } = this.tensors, second = this.blocks.posteriors.metadata.rows[1];
    const pick = ({ data }, row) => data.subarray(2 * row, 2 * row + 2);
    const encoded = [{ mu: pick(dimmedMu, light), sigma: pick(dimmedSigma, light) }, { mu: pick(mu, second), sigma: pick(sigma, 1) }];
    return { encoded, widened: encoded.map((each) => ({ mu: each.mu, sigma: each.sigma.map((sd) => noise * sd) })) };
  }

  /** Return z at a percentage of the line between the means. */
  findZ({ way }, [first, second]) {
    return [0, 1].map((i) => first.mu[i] + (way / 100) * (second.mu[i] - first.mu[i]));
  }

  projectOntoLine({ x, y }) {
    const [{ mu: a }, { mu: b }] = this.findPosteriors(this.values).encoded, step = [b[0] - a[0], b[1] - a[1]];
    const share = ((x - a[0]) * step[0] + (y - a[1]) * step[1]) / (step[0] ** 2 + step[1] ** 2);
    return Math.round(100 * Math.min(Math.max(share, 0), 1));
  }

  /** Return the noise of a seed, pairs of numbers: SAMPLES for each posterior. */
  noiseOf(draw) {
    if (this.noise?.draw !== draw) this.noise = { draw, eps: sampleNormal(4 * SAMPLES, seedUniform(draw)) };
    return this.noise.eps;
  }

  paintFigure(values, isAnswered) {
    const { encoded, widened } = this.findPosteriors(values), z = this.findZ(values, widened), eps = this.noiseOf(values.draw);
    const truth = isAnswered ? this.findTruth(values.light) : null;
    const samples = widened.map(({ mu, sigma }, side) => Array.from({ length: SAMPLES }, (_, i) => [0, 1].map((axis) => mu[axis] + sigma[axis] * eps[2 * (side * SAMPLES + i) + axis])));
    this.paintMap(widened, z, samples.flat(), truth);
    this.paintMoons(values, z);
    this.paintSamples(values, samples[0]);
    const { phase, phase_error: error } = this.blocks.posteriors.metadata;
    this.overlap.textContent = `The posteriors overlap by ${percent(overlapShare(...widened))}. The lit share of a decoded moon is the mean of the ${NEAREST} nearest of ${phase.length} test images (mean error ${(100 * error).toFixed(1)} percentage points).`;
    this.controls.element.querySelector("[data-testid=control-light]").closest("label").hidden = !isAnswered;
    this.veil.hidden = isAnswered;
    this.note.textContent = truth ? this.compareWithTruth(values, encoded[0], truth) : "";
  }

  /** Return the true posterior of the first moon at a light. */
  findTruth(light) {
    const { metadata: { bounds }, tensors } = this.blocks.truth, { linear, constant } = tensors();
    if (this.truth?.light !== light) this.truth = { light, bounds, shape: linear.shape, ...dimmedPosterior(linear.data, constant.data, linear.shape, bounds, light / FULL_LIGHT) };
    return this.truth;
  }

  paintMap(posteriors, z, samples, truth) {
    const { mu } = this.tensors, shown = truth ? [...posteriors, truth] : posteriors;
    const middles = [], halves = [];
    for (const axis of [0, 1]) {
      const low = Math.min(...shown.map(({ mu: mean, sigma }) => mean[axis] - MAP_DEVIATIONS * sigma[axis])), high = Math.max(...shown.map(({ mu: mean, sigma }) => mean[axis] + MAP_DEVIATIONS * sigma[axis]));
      middles.push((low + high) / 2);
      halves.push((high - low) / 2);
    }
    const half = Math.max(...halves, 0.05), [x, y] = middles.map((middle) => [middle - half, middle + half]);
    const others = [];
    for (let i = 0; i < mu.data.length; i += 2) if (Math.abs(mu.data[i] - middles[0]) < half && Math.abs(mu.data[i + 1] - middles[1]) < half) others.push([mu.data[i], mu.data[i + 1]]);
    const points = (list) => ({ x: list.map((point) => point[0]), y: list.map((point) => point[1]) });
    const ellipse = ({ mu: mean, sigma: [a, b] }) => ({ mean: Array.from(mean), covariance: [[a * a, 0], [0, b * b]] });
    const means = points(posteriors.map(({ mu: mean }) => mean));
    this.map.update({
      truth: truth && cropGrid(truth.density, truth.shape, truth.bounds, [x[0], y[0], x[1], y[1]]), codes: points(others), line: means, first: ellipse(posteriors[0]), second: ellipse(posteriors[1]),
      samples: points(samples), μ: means, z: { x: z[0], y: z[1] },
    }, { x, y });
  }

  paintMoons({ light }, z) {
    const { images } = this.tensors, { phase, rows } = this.blocks.posteriors.metadata, size = images.shape[1];
    const [first, second] = rows.map((row) => images.data.subarray(row * size, (row + 1) * size)), share = light / FULL_LIGHT;
    this.moons.show(0, Float32Array.from(first, (value) => (share * value) / 255), `moon 1, lit ${percent(this.phases[0])}`);
    this.moons.show(2, Float32Array.from(second, (value) => value / 255), `moon 2, lit ${percent(this.phases[1])}`);
    const decoded = this.network.forward(z), lit = this.blocks.decoder.metadata.is_coarse ? "" : `, lit ${percent(meanOfNearest(decoded, images.data, phase, NEAREST))}`;
    this.moons.show(1, decoded, `decoded from z${lit}`);
  }

  /** Decode samples of the first posterior, if they are others than before. */
  paintSamples({ light, noise, draw }, samples) {
    const shown = [light, noise, draw].join();
    if (this.shownSamples === shown) return;
    for (let i = 0; i < DECODED_SAMPLES; i++) this.sampled.show(i, this.network.forward(samples[i]));
    this.shownSamples = shown;
  }

  /** Say where the true posterior of the first moon lies. */
  compareWithTruth({ light }, { mu, sigma }, truth) {
    const distance = Math.hypot(...[0, 1].map((i) => (truth.mu[i] - mu[i]) / sigma[i]));
    const verdict = distance > FAR ? " The encoder's posterior misses it." : "";
    return `Blue: the true posterior p(z|x) of moon 1. At ${light}% light, the encoder's σ is ${geometricMean(sigma).toFixed(3)}, that of the true posterior ${geometricMean(truth.sigma).toFixed(3)} (geometric means), and their means are ${distance.toFixed(1)} of the encoder's σ apart.${verdict}`;
  }

  checkTask(values) {
    const { widened } = this.findPosteriors(values), z = this.findZ(values, widened), shares = widened.map((posterior) => relativeDensity(z, posterior));
    return { isSolved: Math.min(...shares) >= TASK_SHARE, status: `At z: ${percent(shares[0])} of the peak of moon 1, ${percent(shares[1])} of that of moon 2.` };
  }
}
