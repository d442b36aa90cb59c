// A decoded image, with what a classifier makes of it.

export class Decoded {
  /** shape [C, H, W]; classifier: its block, or null. */
  constructor(shape, classifier, testid) {
    this.shape = shape;
    this.canvas = element("canvas", { role: "img", "data-testid": testid });
    this.caption = element("figcaption");
    this.guess = element("figcaption.guess");
    this.where = element("figcaption.where", { title: "In a gap no code is as near as draws from the codes' own Gaussian are to each other" });
    this.face = element("figure.decoded", {}, this.canvas, this.guess, this.where, this.caption);
    if (!classifier) return;
    this.classifier = new Network(classifier);
    const { classes, sure, accuracy } = classifier.about;
    Object.assign(this, { classes, sure });
    this.guess.title = `By a small classifier, which names ${(100 * accuracy).toFixed(1)} % of the test images rightly`;
  }

  show(pixels) {
    paintImage(this.canvas, pixels, this.shape);
    if (this.classifier) this.guess.textContent = this.named(this.classifier.forward(pixels));
  }

  /** Whether the classifier names an image with too little confidence; null without one. */
  unsure(pixels) {
    return this.classifier ? Math.max(...this.classifier.forward(pixels)) < this.sure : null;
  }

  named(p) {
    const [first, second] = Array.from(p.keys()).sort((a, b) => p[b] - p[a]);
    const says = (c) => `${this.classes[c]} (${p[c] > 0.995 ? "over 99" : Math.round(100 * p[c])} %)`;
    return p[first] < this.sure ? `unsure: ${says(first)} or ${says(second)}` : `looks like ${says(first)}`;
  }

  describe(z) {
    this.caption.textContent = `decoded from ${z}`;
  }

  /** gap: whether z lies in one, or null if that is not known. */
  locate(gap) {
    this.where.textContent = gap === null ? "" : gap ? "in a gap" : "among the codes";
    this.where.classList.toggle("gap", gap === true);
  }

  announce(z) {
    this.canvas.setAttribute("aria-label", `The image decoded from ${z}`);
    return [z, this.guess.textContent, this.where.textContent].filter(Boolean).join(", ");
  }
}
