// A codebook of entries with two coordinates: one entry of a code is replaced by hand, and the decoder follows.

import { crossEntropy, lookUp, nearestEntry, sampleByPosition } from "../../core/codebook.js";
import { Network } from "../../core/network.js";
import { seedUniform } from "../../core/random.js";
import { createElement } from "../../view/dom.js";
import { createImageStrip } from "../../view/image_strip.js";
import { createResampleButton } from "../../view/resample_button.js";
import { LessonFigure } from "./lesson.js";

const MAX_RADIUS = 13; // px, of the entry that is chosen most often
const RING_WIDTH = 4; // px
const MAP_MARGIN = 0.5; // beyond the outermost entries
const SAMPLES = 12; // of each kind
const TASK_NATS = 0.5;
const HIDDEN_CONTROLS = ["place", "entry", "seed"];

const declareMap = (groups, [x, y]) => ({
  title: "The codebook, with an image's encoder outputs",
  description: "The entries of the codebook, larger if they are chosen more often; diamonds: the encoder outputs of the image; a point that can be dragged takes the nearest entry",
  x: { title: "first coordinate", domain: x },
  y: { title: "second coordinate", domain: y },
  height: 300,
  legend: "none",
  parts: [
    { kind: "scatter", name: "ring", shape: "circle", opacity: 1, label: "", colour: "z" },
    { kind: "scatter", name: "entries", opacity: 1, groups },
    { kind: "line", name: "lines", dash: "solid", width: 1.5, label: "", colour: "mu" },
    { kind: "line", name: "line", dash: "solid", width: 4, label: "", colour: "mu" },
    { kind: "scatter", name: "outputs", label: "z_e", shape: "diamond", radius: 4.5, opacity: 1, colour: "mu" },
    { kind: "marker", name: "present", label: "", colour: "mu", draggable: true, radius: 7 },
  ],
});
const declareUse = (groups) => ({
  title: "Use of the entries",
  description: "The share of each entry in all choices of the test images, with 95% intervals, and that of uniform use",
  x: { title: "entry", hasGrid: false },
  y: { title: "share, %" },
  height: 110,
  legend: "none",
  parts: [{ kind: "bars", name: "share", fill: "solid", groups }, { kind: "line", name: "interval", label: "", colour: "grey", dash: "solid", width: 1.5 }, { kind: "marker", name: "uniform", colour: "grey", dash: "dashed" }],
});

export class CodebookLesson extends LessonFigure {
  static controlSymbols = { image: "x" };

  buildFigure() {
    const { metadata, tensors } = this.blocks.codes, { codebook, images, encoded, index } = tensors();
    const [n, positions] = index.shape, [entries, d] = codebook.shape, shape = images.shape.slice(1), size = shape.reduce((a, b) => a * b);
    Object.assign(this, { metadata, codebook: codebook.data, encoded: encoded.data, index: index.data, n, positions, entries, d, decoder: new Network(this.blocks.decoder), pointer: null, entriesKey: "" });
    this.images = Float32Array.from(images.data, (value) => value / 255);
    this.imageAt = (row) => this.images.subarray(row * size, (row + 1) * size);
    const groups = metadata.colours.map((colour, k) => ({ label: `entry ${k}`, colour, shape: "circle" }));
    const all = Array.from({ length: entries }, (_, k) => k), coordinate = (axis) => all.map((k) => this.codebook[d * k + axis]);
    const domain = (values) => [Math.min(...values) - MAP_MARGIN, Math.max(...values) + MAP_MARGIN];
    const map = this.addPlot(declareMap(groups, [0, 1].map((axis) => domain(coordinate(axis)))), { onMove: (point) => this.drag(point), onMarkerMove: (_, point) => this.drag(point), onRelease: () => this.release() });
    map.element.dataset.testid = "live-control";
    const use = this.addPlot(declareUse(groups));
    Object.assign(this, { map: map.plot, use: use.plot });
    this.radii = metadata.share.map((share) => MAX_RADIUS * Math.sqrt(share / Math.max(...metadata.share)));
    this.map.update({ entries: { x: coordinate(0), y: coordinate(1), group: all, radius: this.radii, text: all.map(String) } });
    const { share, share_half_width: half } = metadata, ends = all.flatMap((k) => [100 * Math.max(share[k] - half[k], 0), 100 * (share[k] + half[k]), NaN]);
    this.use.update({ share: { x: all, y: share.map((part) => 100 * part), group: all }, interval: { x: all.flatMap((k) => [k, k, NaN]), y: ends }, uniform: { y: 100 / entries } });
    const strip = (count, label, nameOf, onPick) => createImageStrip(count, { label, shape, nameOf, onPick });
    this.shown = strip(3, "The image, its code decoded, and the edited code decoded", (i) => ["test image", "its code decoded", "the edited code decoded"][i]);
    this.every = strip(entries, "Every entry at this position", (k) => `entry ${k}`, (k) => this.choose({ entry: k }));
    this.samples = ["uniform prior", "use at each position", "test images"].map((name) => strip(SAMPLES, name, (i) => `${name}: decoded code ${i + 1}`));
    this.chips = Array.from({ length: positions }, (_, g) => createElement("button", { onclick: () => this.choose({ place: g + 1, entry: -1 }) }));
    this.everyTitle = createElement("p");
    this.cost = createElement("p.readout");
    const code = createElement("div.book-code", { role: "group", "aria-label": "The four positions of the code" }, ...this.chips);
    return [
      createElement("div.book.wide", {}, createElement("div", {}, this.shown.element, code, this.cost), createElement("div.book-entries", {}, this.everyTitle, this.every.element), map.element),
      this.buildSamples(use.element),
    ];
  }

  /** Return what is veiled: decoded random codes, and the use of the entries. */
  buildSamples(use) {
    const { perplexity, position_perplexities: each, perplexity_intervals: ends, low_confidence: unsure } = this.metadata, [uniform, own, codes] = unsure;
    const [pooled, ...places] = [perplexity, ...each].map((value, i) => `${value.toFixed(1)} (${ends[i].map((end) => end.toFixed(1)).join(" to ")})`);
    const captions = [["Uniform prior", uniform], ["Each position by its own use, independently", own], ["Codes of test images", codes]];
    const rows = captions.flatMap(([name, share], i) => [createElement("p", {}, createElement("strong", {}, name), share ? `: ${share} below 90% confidence.` : ""), this.samples[i].element]);
    this.veil = createElement("p.veil.wide", {}, "Predict first: then random codes appear here, decoded.");
    const perplexities = `Perplexity: ${pooled} of ${this.entries}, pooled over positions; ${places.join(", ")} at each; perplexities and shares with 95% intervals over images. The percentages below 90% confidence are of a classifier of digits, with 95% intervals; it has seen real images only, and also names images that show nothing. Decoded images are means E[x|z].`;
    this.answers = createElement("div.book-samples.wide.follows", {}, createElement("div", {}, ...rows, createResampleButton(this, "seed")), createElement("div", {}, use, createElement("p", {}, perplexities)));
    return createElement("div.wide", {}, this.veil, this.answers);
  }

  arrange(figure) {
    const elements = super.arrange(figure);
    for (const name of HIDDEN_CONTROLS) this.controls.element.querySelector(`[data-testid=control-${name}]`).closest("label").remove();
    return elements;
  }

  /** Drag a point: it takes the nearest entry. */
  drag({ x, y }) {
    this.pointer = [x, y];
    this.move({ entry: nearestEntry(this.codebook, this.pointer) });
  }

  release() {
    this.pointer = null;
    this.painter.request();
    this.commit();
  }

  choose(values) {
    this.move(values);
    this.commit();
  }

  /** Return the pixels of a code, which stay. */
  decode(code) {
    return this.decoder.forward(lookUp(this.codebook, this.d, code)).slice();
  }

  paintFigure(values, isAnswered) {
    const { rate, distortion } = this.metadata;
    const { image, place, entry } = values, position = place - 1, own = Array.from(this.index.subarray(image * this.positions, (image + 1) * this.positions));
    const chosen = entry < 0 ? own[position] : entry, code = own.with(position, chosen), original = this.imageAt(image);
    const [before, after] = [own, code].map((entries) => this.decode(entries)), [nats, edited] = [before, after].map((pixels) => crossEntropy(original, pixels));
    Object.assign(this, { saved: nats - edited, isEdited: chosen !== own[position] });
    this.shown.show(0, original, "image");
    this.shown.show(1, before, `its code\n${nats.toFixed(1)} nats`);
    this.shown.show(2, after, `edited code\n${edited.toFixed(1)} nats`);
    this.chips.forEach((chip, g) => {
      chip.textContent = String(code[g]);
      chip.style.background = this.metadata.colours[code[g]];
      chip.setAttribute("aria-pressed", String(g === position));
      chip.setAttribute("aria-label", `position ${g + 1}: entry ${code[g]}`);
    });
    this.cost.textContent = `The encoder chose entry ${own[position]} at position ${place}. Rate: ${rate.toFixed(1)} nats (${(rate / Math.LN2).toFixed(0)} bits), whichever entries. Mean distortion of ${this.n} test images: ${distortion.toFixed(1)} nats.`;
    if (this.entriesKey !== `${image} ${place}`) this.showEvery(own, position, original);
    this.every.choose(chosen);
    this.paintMap(image, position, own, chosen);
    this.veil.hidden = isAnswered;
    this.answers.hidden = !isAnswered;
    if (isAnswered) this.showSamples(values.seed);
  }

  /** Show what each entry at a position is decoded to. */
  showEvery(own, position, original) {
    for (let k = 0; k < this.entries; k++) {
      const pixels = this.decode(own.with(position, k));
      this.every.show(k, pixels, crossEntropy(original, pixels).toFixed(1));
    }
    this.everyTitle.textContent = `Every entry at position ${position + 1}, with its distortion in nats:`;
    this.entriesKey = `${this.values.image} ${position + 1}`;
  }

  paintMap(image, position, own, chosen) {
    const entryAt = (k) => Array.from(this.codebook.subarray(2 * k, 2 * k + 2)), first = 2 * image * this.positions;
    const outputs = own.map((_, g) => Array.from(this.encoded.subarray(first + 2 * g, first + 2 * g + 2))), present = this.pointer ?? outputs[position];
    const lines = outputs.flatMap((output, g) => [output, entryAt(g === position ? chosen : own[g]), [NaN, NaN]]), split = (points) => ({ x: points.map(([x]) => x), y: points.map(([, y]) => y) });
    this.map.update({
      ring: { ...split([entryAt(chosen)]), radius: [this.radii[chosen] + RING_WIDTH] }, outputs: split(outputs), lines: split(lines),
      line: split([present, entryAt(chosen)]), present: { x: present[0], y: present[1] },
    });
  }

  showSamples(seed) {
    if (this.paintedSeed === seed) return;
    this.paintedSeed = seed;
    const uniform = seedUniform(seed), { positions, index, n } = this;
    for (let i = 0; i < SAMPLES; i++) {
      const row = Math.floor(uniform() * n), codes = [Array.from({ length: positions }, () => Math.floor(uniform() * this.entries)), sampleByPosition(index, positions, uniform), index.subarray(row * positions, (row + 1) * positions)];
      codes.forEach((code, kind) => this.samples[kind].show(i, this.decode(code)));
    }
  }

  checkTask() {
    if (!this.isEdited) return { isSolved: false, status: "This is the encoder's own entry." };
    return { isSolved: this.saved >= TASK_NATS, status: this.saved > 0 ? `This entry saves ${this.saved.toFixed(2)} nats.` : `This entry costs ${(-this.saved).toFixed(2)} nats more than the encoder's.` };
  }
}
