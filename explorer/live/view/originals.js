// The test images that the points of the map encode; that of the selected point is shown.

import { nounOf, pictureShape } from "../core/vector_picture.js";
import { createElement } from "./dom.js";

export class Originals {
  /** shape [C, H, W]; rowName(row, noun): the name of a point of such data; onArrival(): called when the images are there. */
  constructor(shape, rowName, onArrival) {
    Object.assign(this, { shape: pictureShape(shape), noun: nounOf(shape), rowName, onArrival, imageCount: 0, shownRow: null }); // the first imageCount rows have images
    this.canvas = createElement("canvas", { role: "img", width: this.shape[2], height: this.shape[1] });
    this.caption = createElement("figcaption");
    this.element = createElement("figure.original", { hidden: true }, this.canvas, this.caption);
  }

  /** sheet: one picture with the images of the first n_images points, in so many columns. */
  setSheet(sheet, { n_images, columns }) {
    const { shownRow: row } = this, canvas = createElement("canvas", { width: sheet.width, height: sheet.height });
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(sheet, 0, 0); // in main memory, as the maps are
    sheet.close();
    Object.assign(this, { sheet: canvas, imageCount: n_images, columns, shownRow: null });
    this.show(row);
    this.onArrival();
  }

  /** Show the image of a row, or none if it is null. During a preview it keeps its space but is invisible. */
  show(row, isPreviewing = false) {
    this.element.classList.toggle("away", isPreviewing);
    if (row === this.shownRow) return;
    this.shownRow = row;
    this.element.hidden = row === null;
    if (row === null) return;
    this.canvas.hidden = !this.paint(this.canvas, row);
    this.caption.textContent = this.describeRow(row);
  }

  /** Return the name of a point, with a note if its image is missing. */
  describeRow(row) {
    return this.rowName(row, this.noun) + (this.sheet && row >= this.imageCount ? ` (${this.noun} not saved)` : "");
  }

  /** Paint the first count images beside each other, in so many columns. */
  paintSheet(canvas, count, columns) {
    const [, height, width] = this.shape;
    [canvas.width, canvas.height] = [columns * width, Math.ceil(count / columns) * height];
    const ctx = canvas.getContext("2d");
    for (let row = 0; row < count; row++) ctx.drawImage(this.sheet, ...this.placeOf(row), (row % columns) * width, Math.floor(row / columns) * height, width, height);
  }

  /** Return x, y, width and height of the image of a row on the sheet (px). */
  placeOf(row) {
    const [, height, width] = this.shape;
    return [(row % this.columns) * width, Math.floor(row / this.columns) * height, width, height];
  }

  /** Paint the image of a row. Return whether there is one. */
  paint(canvas, row) {
    if (row >= this.imageCount) return false;
    const [, height, width] = this.shape;
    [canvas.width, canvas.height] = [width, height];
    canvas.setAttribute("aria-label", this.rowName(row, this.noun));
    canvas.getContext("2d").drawImage(this.sheet, ...this.placeOf(row), 0, 0, width, height);
    return true;
  }
}
