// The images that a visitor draws: a canvas, and the drawings that were added so far, each a class.

import { DRAWN_SIDE, makeDrawnImages, N_VARIANTS } from "../../core/playground/drawn_images.js";
import { drawPixels } from "../../core/strokes.js";
import { createElement, paintImage } from "../../view/dom.js";
import { Drawing, findStrokes, forgetStrokes } from "../drawing.js";

const KEY = "playground"; // of the drawing
const CANVAS_SIZE = 180; // px
const MAX_DRAWINGS = 10; // as many classes have colours

const ownDrawings = (globalThis.playgroundDrawings ??= []); // of this browser tab

/** Return whether a drawing has anything on it. */
const isDrawn = (strokes) => drawPixels(strokes, DRAWN_SIDE).some(Boolean);

export class Drawings {
  constructor(onChange) {
    Object.assign(this, { onChange, version: 0, set: null });
    this.canvasPlace = createElement("div");
    this.addButton = createElement("button", { "data-testid": "add-drawing", onclick: () => this.add() }, "Add to the images");
    this.list = createElement("div.drawn-list");
    this.element = createElement("section.drawings", { hidden: true, "aria-label": "Your drawings" }, this.canvasPlace,
      createElement("div", {}, createElement("p", {}, `Draw a picture and add it; then another one. Each becomes a class of ${N_VARIANTS} images of ${DRAWN_SIDE}×${DRAWN_SIDE} px, rotated, moved and resized at random.`), this.addButton, this.list));
    this.openCanvas();
    this.showList();
  }

  openCanvas() {
    this.drawing = new Drawing(this.canvasPlace, {}, { options: { key: KEY, size: CANVAS_SIZE, side: DRAWN_SIDE }, send: () => {} });
  }

  add() {
    const strokes = [...findStrokes(KEY)];
    if (!isDrawn(strokes) || ownDrawings.length === MAX_DRAWINGS) return;
    ownDrawings.push(strokes);
    forgetStrokes(KEY);
    this.openCanvas();
    this.change();
  }

  remove(index) {
    ownDrawings.splice(index, 1);
    this.change();
    this.addButton.focus();
  }

  change() {
    this.version++;
    this.set = null;
    this.showList();
    this.onChange();
  }

  /** Return the drawings, as lists of strokes. */
  read() {
    return ownDrawings;
  }

  /** Show drawings that were saved, unless there are some. */
  restore(drawings) {
    if (ownDrawings.length || !drawings.length) return;
    ownDrawings.push(...drawings);
    this.change();
  }

  showList() {
    this.list.replaceChildren(...ownDrawings.map((strokes, i) => {
      const canvas = createElement("canvas", { "aria-hidden": "true" });
      paintImage(canvas, Float32Array.from(drawPixels(strokes, DRAWN_SIDE), (value) => value / 255), [1, DRAWN_SIDE, DRAWN_SIDE]);
      return createElement("button", { title: "Remove this drawing", "aria-label": `Remove drawing ${i + 1}`, onclick: () => this.remove(i) }, canvas, "×");
    }));
  }

  /** Return the images, as readImageSet() does; null if nothing is drawn. */
  readSet({ colours }) {
    if (!ownDrawings.length) return null;
    const classes = ownDrawings.map((_, i) => ({ name: `drawing ${i + 1}`, colour: colours[`class ${i}`], number: i }));
    return (this.set ??= { ...makeDrawnImages(ownDrawings), shape: [1, DRAWN_SIDE, DRAWN_SIDE], name: "your drawings", dataset: "own:drawn-in-the-playground", classes });
  }
}
