// The test images behind the points, of which one may have been chosen.

export class Originals {
  /** shape [C, H, W]; rowInWords(row): a point's name. */
  constructor(shape, rowInWords) {
    Object.assign(this, { shape, rowInWords, n: 0, row: null }); // n: rows of which the images are here
    this.canvas = element("canvas", { role: "img", width: shape[2], height: shape[1] });
    this.text = element("figcaption");
    this.face = element("figure.original", { hidden: true }, this.canvas, this.text);
  }

  /** sheet: the images of the first n rows, so many in a row of it. */
  setSheet(sheet, { n, columns }) {
    const { row } = this;
    Object.assign(this, { sheet, n, columns, row: null });
    this.show(row);
  }

  /** The chosen row's, if there is one; kept in its place, unseen, while something else is looked at. */
  show(row, looking = false) {
    this.face.classList.toggle("away", looking);
    if (row === this.row) return;
    this.row = row;
    this.face.hidden = row === null;
    if (row === null) return;
    this.canvas.hidden = !this.paint(this.canvas, row);
    this.text.textContent = this.inWords(row);
  }

  inWords(row) {
    return this.rowInWords(row) + (this.sheet && row >= this.n ? " (image not saved)" : "");
  }

  /** Whether the row's image is here. */
  paint(canvas, row) {
    if (row >= this.n) return false;
    const [, height, width] = this.shape;
    [canvas.width, canvas.height] = [width, height];
    canvas.setAttribute("aria-label", this.rowInWords(row));
    canvas.getContext("2d").drawImage(this.sheet, (row % this.columns) * width, Math.floor(row / this.columns) * height, width, height, 0, 0, width, height);
    return true;
  }
}
