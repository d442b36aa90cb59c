// An image, what a network decodes from two numbers, and what PCA makes of k numbers; where both err, and how often PCA is better.

import { Network } from "../../core/network.js";
import { projectOnto, reconstructFrom, squaredErrors } from "../../core/pca.js";
import { createElement, paintImage } from "../../view/dom.js";
import { createImageStrip } from "../../view/image_strip.js";
import { LessonFigure } from "./lesson.js";

const MIN_TASK_K = 31; // numbers that PCA keeps in the task
const K_AXIS = { title: "k, numbers kept by PCA", scale: "log", domain: [1, 64], ticks: [1, 2, 4, 8, 16, 32, 64].map((value) => ({ value, label: String(value) })) };
const percent = (share) => `${Math.round(100 * share)}%`;

const declareErrors = (n) => ({
  title: `Mean squared error of ${n.toLocaleString("en")} test images`,
  description: "The mean squared error of PCA over the number of values it keeps, that of the network with two numbers, and the present k",
  x: K_AXIS,
  y: { title: "sum over pixels", domain: [0, 50] },
  height: 165,
  legend: "top",
  parts: [
    { kind: "line", name: "PCA", colour: "mu", dash: "solid" },
    { kind: "line", name: "network, 2 numbers", colour: "z", dash: "dashed" },
    { kind: "marker", name: "k", colour: "mu", draggable: "x" },
  ],
});
const SHARES = {
  title: "Images of which PCA has the smaller error",
  description: "The share of test images that PCA reconstructs with a smaller squared error than the network, with its 95% interval, over k",
  x: K_AXIS,
  y: { title: "share of test images", domain: [0, 1] },
  height: 165,
  legend: "none",
  parts: [
    { kind: "area", name: "interval", label: "", colour: "mu" },
    { kind: "line", name: "PCA is better", colour: "mu", dash: "solid" },
    { kind: "marker", name: "k", colour: "mu", draggable: "x" },
  ],
};

/** Return a picture with a caption of which a part stands for a symbol: { element, show(pixels, text) }. */
function createPicture(shape, symbol, name) {
  const canvas = createElement("canvas", { role: "img", "aria-label": name }), title = createElement("span", { "data-symbol": symbol }, name), text = createElement("span.readout");
  return {
    element: createElement("figure.ae-picture", {}, canvas, createElement("figcaption", {}, title, " ", text)),
    show(pixels, words) {
      paintImage(canvas, pixels, shape);
      text.textContent = words;
    },
  };
}

export class AutoencoderLesson extends LessonFigure {
  static controlSymbols = { k: "mu" };
  static awaited = ["decoder"];

  buildFigure() {
    const { metadata, tensors } = this.blocks.comparison, parts = tensors(), { images, mean, components, z } = parts, shape = images.shape.slice(1), size = mean.data.length;
    this.comparison = metadata;
    this.parts = parts;
    this.examples = metadata.class_names.map((_, i) => {
      const x = Float64Array.from(images.data.subarray(i * size, (i + 1) * size), (value) => value / 255), code = z.data.subarray(i * z.shape[1], (i + 1) * z.shape[1]);
      return { x, code, scores: projectOnto(components.data, mean.data, x) };
    });
    this.receive(this.blocks);
    this.pictures = {
      x: createPicture(shape, "x", "Test image:"), pca: createPicture(shape, "mu", "PCA:"), network: createPicture(shape, "z", "Network:"),
      pcaError: createPicture(shape, "distortion", "Squared error of PCA:"), networkError: createPicture(shape, "distortion", "Squared error of the network:"),
    };
    const names = metadata.class_names;
    this.strip = createImageStrip(names.length, { label: "Choose a test image", shape, nameOf: (i) => `a test image, ${names[i]}`, onPick: (image) => { this.move({ image }); this.commit(); } });
    this.examples.forEach(({ x }, i) => this.strip.show(i, x));
    const { x, pca, network, pcaError, networkError } = this.pictures;
    this.errorPictures = [pcaError.element, networkError.element];
    this.veil = createElement("p.veil", {}, "Predict first: then the errors appear here.");
    this.note = createElement("p.readout.ae-note");
    const pictures = createElement("div.ae-pictures", {}, x.element, pca.element, network.element, this.note, pcaError.element, networkError.element);
    return [createElement("div.ae-figure.wide", {}, this.strip.element, pictures, createElement("div.ae-plots", {}, this.veil, ...this.createPlots()))];
  }

  /** Decode the examples. */
  receive({ decoder }) {
    if (!decoder) return;
    const network = new Network(decoder);
    for (const example of this.examples) {
      const decoded = Float64Array.from(network.forward(example.code));
      Object.assign(example, { decoded, ofNetwork: squaredErrors(example.x, decoded) });
    }
  }

  /** Return the elements of the plots over k. */
  createPlots() {
    const { error, share, low, high } = this.parts, { n, network_error: networkError } = this.comparison, k = Float64Array.from(error.data, (_, i) => i + 1);
    const follow = { onMarkerMove: (_, { x }) => this.move({ k: Math.round(x) }), onMove: ({ x }) => this.move({ k: Math.round(x) }) };
    const errors = this.addPlot(declareErrors(n), follow), shares = this.addPlot(SHARES, follow);
    errors.plot.update({ PCA: { x: k, y: error.data }, "network, 2 numbers": { x: [1, 64], y: [networkError, networkError] } });
    shares.plot.update({ interval: { x: k, low: low.data, high: high.data }, "PCA is better": { x: k, y: share.data } });
    Object.assign(this, { errors: errors.plot, shares: shares.plot });
    return (this.answers = [errors.element, shares.element]);
  }

  arrange(figure) {
    const elements = super.arrange(figure);
    this.controls.element.querySelector("[data-testid=control-image]").closest("label").remove();
    return elements;
  }

  /** Return the reconstruction of an image by PCA, and its squared errors. */
  applyPca({ x, scores }, k) {
    const { mean, components } = this.parts, pixels = reconstructFrom(components.data, mean.data, scores, k);
    return { pixels, ...squaredErrors(x, pixels) };
  }

  paintFigure({ k, image }, isAnswered) {
    const example = this.examples[image] ?? this.examples[0], { x, code, decoded, ofNetwork } = example, ofPca = this.applyPca(example, k);
    const { pictures, veil, answers, errorPictures } = this, codeText = Array.from(code, (value) => value.toFixed(1).replace("-", "−")).join(", ");
    pictures.x.show(x, `${x.length} numbers`);
    pictures.pca.show(ofPca.pixels, `${k} number${k > 1 ? "s" : ""}`);
    pictures.network.show(decoded, `${code.length} numbers (${codeText})`);
    this.strip.choose(image);
    veil.hidden = isAnswered;
    for (const element of [...answers, ...errorPictures, this.note]) element.hidden = !isAnswered;
    if (!isAnswered) return;
    pictures.pcaError.show(ofPca.errors, ofPca.sum.toFixed(1));
    pictures.networkError.show(ofNetwork.errors, ofNetwork.sum.toFixed(1));
    const { error, share, low, high } = this.parts, { n, n_fit: fitCount, n_train: trainCount, components, interval } = this.comparison, index = k - 1;
    this.errors.update({ k: { x: k, y: error.data[index] } });
    this.shares.update({ k: { x: k, y: share.data[index] } });
    this.note.textContent = `With k = ${k}, PCA is better for ${percent(share.data[index])} (${Math.round(100 * low.data[index])} to ${percent(high.data[index])}) of ${n.toLocaleString("en")} test images. Its mean error is as low as the network's from k = ${components} (${interval.join(" to ")}) on. 95% intervals, over images. The network learned from ${trainCount.toLocaleString("en")} training images, PCA from ${fitCount.toLocaleString("en")} other test images.`;
  }

  checkTask({ k, image, answer }) {
    const example = this.examples[image] ?? this.examples[0], { sum } = this.applyPca(example, k), network = example.ofNetwork.sum;
    return { isSolved: k >= MIN_TASK_K && network < sum, status: `k = ${k}${answer ? `: PCA ${sum.toFixed(1)}, network ${network.toFixed(1)}` : ""}.` };
  }
}
