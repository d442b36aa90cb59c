// A decoded image with the class that a classifier assigns to it.

import { Network } from "../core/network.js";
import { isVector, nounOf, tickStep } from "../core/vector_picture.js";
import { createElement, paintImage, setText } from "./dom.js";

export class DecodedImage {
  /** shape [C, H, W]; isNamed: whether a classifier is to come, for whose words there is room from the beginning. */
  constructor(shape, isNamed, testId) {
    Object.assign(this, { shape, pixels: null });
    this.canvas = createElement("canvas", { role: "img", "data-testid": testId });
    if (isVector(shape)) this.canvas.title = `${shape[2]} numbers, from 0 at the axis to 1 at the top; a tick every ${tickStep(shape[2])}`;
    this.caption = createElement("figcaption");
    this.classCaption = createElement("figcaption.guess");
    this.gapCaption = createElement("figcaption.where", { title: "A gap is a place without codes: the nearest code is farther away than the fifth nearest sample of the Gaussian fitted to the codes." });
    this.element = createElement("figure.decoded", {}, this.canvas, this.classCaption, this.gapCaption, this.caption);
    if (isNamed) this.classCaption.textContent = "\u00a0";
  }

  /** Name images from now on by a classifier: a block. */
  setClassifier(classifier) {
    this.classifier = new Network(classifier);
    const { classes, min_confidence: minConfidence, accuracy, n_test: testCount } = classifier.metadata;
    const [share, low, high] = accuracy.map((value) => (100 * value).toFixed(1));
    Object.assign(this, { classes, minConfidence, lowConfidenceText: `below ${Math.round(100 * minConfidence)}% confidence` });
    this.classCaption.title = `A small classifier, correct on ${share}% (95% interval ${low} to ${high}%) of ${testCount.toLocaleString("en")} test ${nounOf(this.shape)}s. It has seen real ${nounOf(this.shape)}s only: it also names ${nounOf(this.shape)}s that show nothing, often with high confidence.`;
    if (this.pixels) this.show(this.pixels);
  }

  show(pixels) {
    this.pixels = Float32Array.from(pixels); // a decoder reuses its array
    paintImage(this.canvas, pixels, this.shape);
    if (this.classifier) setText(this.classCaption, this.describeClass(this.classifier.forward(pixels)));
  }

  /** Return whether the classifier's confidence is below its threshold, or null without a classifier. */
  isUncertain(pixels) {
    return this.classifier ? Math.max(...this.classifier.forward(pixels)) < this.minConfidence : null;
  }

  describeClass(probabilities) {
    const [first, second] = Array.from(probabilities.keys()).sort((a, b) => probabilities[b] - probabilities[a]);
    const withProbability = (classIndex) => `${this.classes[classIndex]} (${probabilities[classIndex] > 0.995 ? "over 99" : Math.round(100 * probabilities[classIndex])}%)`;
    return probabilities[first] < this.minConfidence ? `${this.lowConfidenceText}:\n${withProbability(first)} or ${withProbability(second)}` : `looks like ${withProbability(first)}`;
  }

  setDescription(codeText) {
    setText(this.caption, `decoded from ${codeText}`);
  }

  /** isGap: whether z lies in a gap, or null if that is unknown. */
  showGap(isGap) {
    setText(this.gapCaption, isGap === null ? "" : isGap ? "in a gap" : "outside gaps");
    this.gapCaption.classList.toggle("gap", isGap === true);
  }

  /** Update the accessible name. Return a description of the image. */
  announce(codeText) {
    this.canvas.setAttribute("aria-label", `The ${nounOf(this.shape)} decoded from ${codeText}`);
    return [codeText, this.classCaption.textContent, this.gapCaption.textContent].filter(Boolean).join(", ");
  }
}
