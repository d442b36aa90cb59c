// The controls of the path on a pad of two runs: a test image for either end, and a slider that moves both runs along the path.

import { createElement, positionOn } from "../../view/dom.js";

const PICKER_COLUMNS = 12;
const MAX_PICKER_IMAGES = 48; // images to click; the field takes the number of any other
const ENDS = [
  { name: "From", testId: "walk-from", none: "the mean", clear: "Start at the mean" },
  { name: "To", testId: "walk-to", none: "the cursor", clear: "End at the cursor" },
];

export class WalkEnds {
  /** originals: the test images; imageCount: of how many both runs have codes; callbacks: { onChoose(end, row or null): end 0 or 1,
   * onSlide(share): move along the path, onCommit() }. */
  constructor(originals, imageCount, callbacks) {
    Object.assign(this, { originals, imageCount, callbacks, open: null });
    this.buttons = ENDS.map(({ testId }, i) => createElement("button.end", { "data-testid": testId, "aria-expanded": "false", onclick: () => this.toggle(i) }));
    this.thumbnails = this.buttons.map(() => createElement("canvas", { "aria-hidden": "true" }));
    this.labels = this.buttons.map(() => createElement("span"));
    this.buttons.forEach((button, i) => button.append(this.thumbnails[i], this.labels[i]));
    this.slider = createElement("input", { type: "range", min: 0, max: 1, step: 0.001, value: 0, "aria-label": "Position on the path", "data-testid": "walk-position",
      oninput: () => callbacks.onSlide(Number(this.slider.value)), onchange: () => callbacks.onCommit() });
    this.element = createElement("div.ends", {}, this.buttons[0], this.slider, this.buttons[1]);
    this.picker = this.createPicker();
  }

  createPicker() {
    this.sheet = createElement("canvas", { "data-testid": "walk-images", role: "img", onclick: (event) => this.pickAt(positionOn(this.sheet, event)) });
    this.field = createElement("input", { type: "number", min: 0, max: this.imageCount - 1, "aria-label": `Number of a test ${this.originals.noun}`, onchange: () => this.field.value !== "" && this.field.checkValidity() && this.choose(Number(this.field.value)) });
    this.clearButton = createElement("button", { onclick: () => this.choose(null) });
    this.title = createElement("span");
    return createElement("div.picker", { hidden: true }, createElement("div.heading", {}, this.title, this.field, this.clearButton), this.sheet);
  }

  /** Open the picker for an end, or close it if it is open. */
  toggle(end) {
    this.open = this.open === end ? null : end;
    this.buttons.forEach((button, i) => button.setAttribute("aria-expanded", String(this.open === i)));
    this.picker.hidden = this.open === null;
    if (this.open === null) return;
    const { name, clear } = ENDS[this.open], count = Math.min(this.imageCount, this.originals.imageCount, MAX_PICKER_IMAGES);
    this.title.textContent = `${name} test ${this.originals.noun}`;
    this.clearButton.textContent = clear;
    this.originals.paintSheet(this.sheet, count, PICKER_COLUMNS);
    this.sheet.setAttribute("aria-label", `The first ${count} test ${this.originals.noun}s: click the one at which the path ${this.open ? "ends" : "starts"}`);
  }

  pickAt([x, y]) {
    const [, height, width] = this.originals.shape, size = this.sheet.clientWidth / (PICKER_COLUMNS * width);
    const row = Math.floor(y / (size * height)) * PICKER_COLUMNS + Math.floor(x / (size * width));
    if (row < Math.min(this.imageCount, this.originals.imageCount, MAX_PICKER_IMAGES)) this.choose(row);
  }

  choose(row) {
    const end = this.open;
    this.toggle(end);
    this.buttons[end].focus();
    this.callbacks.onChoose(end, row);
  }

  /** walk: see WalkStrip.show; share: the position of z on the path, from 0 to 1. */
  show({ start, rows }, share) {
    rows.forEach((row, i) => {
      const { name, none } = ENDS[i], isPlace = !i && (start[0] || start[1]);
      this.thumbnails[i].hidden = row === null || !this.originals.paint(this.thumbnails[i], row);
      this.labels[i].textContent = `${name} ${row === null ? (isPlace ? "a place on the map" : none) : `${this.originals.noun} ${row}`}`;
    });
    this.slider.hidden = rows.includes(null);
    this.slider.value = share;
    this.slider.setAttribute("aria-valuetext", `${Math.round(100 * share)}% of the way`);
  }
}
