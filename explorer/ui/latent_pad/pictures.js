// The decoded image with what a classifier makes of it, and the test image that was chosen.

export class Pictures {
  /** about: the map's; rowInWords(row): a point's name; classifier: its block, or null. */
  constructor({ image }, rowInWords, classifier) {
    Object.assign(this, { shape: image, rowInWords, n: 0, row: null }); // n: rows of which the images are here
    this.canvas = element("canvas", { role: "img", "data-testid": "decoded" });
    this.caption = element("figcaption");
    this.guess = element("figcaption.guess");
    this.originalCanvas = element("canvas", { role: "img" });
    this.originalText = element("figcaption");
    this.original = element("figure.original", { hidden: true }, this.originalCanvas, this.originalText);
    this.face = element("div.pictures", {}, element("figure.decoded", {}, this.canvas, this.guess, this.caption), this.original);
    if (!classifier) return;
    this.classifier = new Network(classifier);
    const { classes, sure, accuracy } = classifier.about;
    Object.assign(this, { classes, sure });
    this.guess.title = `By a small classifier, which names ${(100 * accuracy).toFixed(1)} % of the test images rightly`;
  }

  showDecoded(pixels) {
    paintImage(this.canvas, pixels, this.shape);
    if (this.classifier) this.guess.textContent = this.named(this.classifier.forward(pixels));
  }

  named(p) {
    const [first, second] = Array.from(p.keys()).sort((a, b) => p[b] - p[a]);
    const says = (c) => `${this.classes[c]} (${p[c] > 0.995 ? "over 99" : Math.round(100 * p[c])} %)`;
    return p[first] < this.sure ? `unsure: ${says(first)} or ${says(second)}` : `looks like ${says(first)}`;
  }

  describe(z) {
    this.caption.textContent = `decoded from ${z}`;
  }

  announce(z) {
    this.canvas.setAttribute("aria-label", `The image decoded from ${z}`);
    return [z, this.guess.textContent, this.row !== null && this.inWords(this.row)].filter(Boolean).join(", ");
  }

  /** sheet: the images of the first n rows, so many in a row of it. */
  setSheet(sheet, { n, columns }) {
    const { row } = this;
    Object.assign(this, { sheet, n, columns, row: null });
    this.showOriginal(row);
  }

  showOriginal(row) {
    if (row === this.row) return;
    this.row = row;
    this.original.hidden = row === null;
    if (row === null) return;
    this.originalCanvas.hidden = !this.paintRow(this.originalCanvas, row);
    this.originalText.textContent = this.inWords(row);
  }

  inWords(row) {
    return this.rowInWords(row) + (this.sheet && row >= this.n ? " (image not kept)" : "");
  }

  /** Whether the row's image is here. */
  paintRow(canvas, row) {
    if (row >= this.n) return false;
    const [, height, width] = this.shape;
    [canvas.width, canvas.height] = [width, height];
    canvas.setAttribute("aria-label", this.rowInWords(row));
    canvas.getContext("2d").drawImage(this.sheet, (row % this.columns) * width, Math.floor(row / this.columns) * height, width, height, 0, 0, width, height);
    return true;
  }
}
