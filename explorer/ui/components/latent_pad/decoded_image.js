// A decoded image, with the class that a classifier gives it.

export class Decoded {
  /** shape [C, H, W]; classifier: its block, or null. */
  constructor(shape, classifier, testid) {
    this.shape = shape;
    this.canvas = element("canvas", { role: "img", "data-testid": testid });
    this.caption = element("figcaption");
    this.guess = element("figcaption.guess");
    this.where = element("figcaption.where", { title: "A gap is a place without codes: the nearest code is farther away than the fifth nearest sample of the Gaussian fitted to the codes." });
    this.face = element("figure.decoded", {}, this.canvas, this.guess, this.where, this.caption);
    if (!classifier) return;
    this.classifier = new Network(classifier);
    const { classes, sure, accuracy } = classifier.about;
    Object.assign(this, { classes, sure, below: `below ${Math.round(100 * sure)}% confidence` });
    this.guess.title = `A small classifier, correct on ${(100 * accuracy).toFixed(1)}% of the test images. It has seen real images only: it also names images that show nothing, often with high confidence.`;
  }

  show(pixels) {
    paintImage(this.canvas, pixels, this.shape);
    if (this.classifier) this.guess.textContent = this.named(this.classifier.forward(pixels));
  }

  /** Whether the classifier's confidence is below its threshold; null without one. */
  unsure(pixels) {
    return this.classifier ? Math.max(...this.classifier.forward(pixels)) < this.sure : null;
  }

  named(p) {
    const [first, second] = Array.from(p.keys()).sort((a, b) => p[b] - p[a]);
    const says = (c) => `${this.classes[c]} (${p[c] > 0.995 ? "over 99" : Math.round(100 * p[c])}%)`;
    return p[first] < this.sure ? `${this.below}:\n${says(first)} or ${says(second)}` : `looks like ${says(first)}`;
  }

  describe(z) {
    this.caption.textContent = `decoded from ${z}`;
  }

  /** gap: whether z lies in one, or null if that is not known. */
  locate(gap) {
    this.where.textContent = gap === null ? "" : gap ? "in a gap" : "outside gaps";
    this.where.classList.toggle("gap", gap === true);
  }

  announce(z) {
    this.canvas.setAttribute("aria-label", `The image decoded from ${z}`);
    return [z, this.guess.textContent, this.where.textContent].filter(Boolean).join(", ");
  }
}
