// The readout of a plot: a guide, dots on the lines, and a box with the values, for the pointer and for arrow keys.

import { arrowStep } from "../../core/arrow_keys.js";
import { createElement } from "../dom.js";
import { createSvg, setAttributes, setVisible } from "./svg.js";

const READOUT_GAP = 12; // px between guide and box

export class Readout {
  /** nParts: the most rows that it shows; announce: the element whose text screen readers say. */
  constructor(nParts) {
    this.guide = createSvg("path.plot-guide", { display: "none" });
    this.dots = Array.from({ length: nParts }, () => createSvg("circle.plot-dot", { r: 4.5, display: "none" }));
    this.group = createSvg("g.plot-readout", {}, this.guide, ...this.dots);
    this.head = createElement("b", {}, "");
    this.rows = Array.from({ length: Math.max(nParts, 2) }, () => {
      const swatch = createElement("i"), label = createElement("span"), value = createElement("output");
      return { element: createElement("div", {}, swatch, label, value), swatch, label, value };
    });
    this.box = createElement("div.plot-values", { "aria-hidden": "true", hidden: true }, this.head, ...this.rows.map(({ element }) => element));
    this.status = createElement("p.plot-hidden", { role: "status" });
    this.cursor = null;
  }

  hide() {
    this.cursor = null;
    this.box.hidden = true;
    for (const node of [this.guide, ...this.dots]) setVisible(node, false);
  }

  /** Show what a reader describes at a cursor. colours: of the parts; speaks: whether screen readers are told. */
  show(reader, cursor, frame, colours, speaks) {
    const { x, y, head, rows } = reader.describe(cursor), { box, width } = frame, px = frame.x.toPixels(x), py = Number.isFinite(y) ? frame.y.toPixels(y) : NaN;
    if (!(px >= box.left - 1 && px <= box.left + box.width + 1)) return this.hide();
    this.cursor = cursor;
    setVisible(this.guide, true);
    setAttributes(this.guide, { d: `M${px.toFixed(1)} ${box.top}V${box.top + box.height}${Number.isFinite(py) ? `M${box.left} ${py.toFixed(1)}H${box.left + box.width}` : ""}` });
    this.dots.forEach((dot, i) => {
      const dotY = i < rows.length ? frame.y.toPixels(rows[i].y) : NaN, isShown = dotY >= box.top - 1 && dotY <= box.top + box.height + 1;
      setVisible(dot, isShown);
      if (isShown) setAttributes(dot, { cx: px.toFixed(1), cy: dotY.toFixed(1), fill: colours[rows[i].index] });
    });
    this.head.textContent = head;
    this.rows.forEach(({ element, swatch, label, value }, i) => {
      element.hidden = i >= rows.length;
      if (element.hidden) return;
      swatch.style.background = colours[rows[i].index];
      label.textContent = rows[i].label;
      value.textContent = rows[i].text;
    });
    this.box.hidden = false;
    const isRight = px < width / 2;
    Object.assign(this.box.style, { top: `${box.top + 6}px`, left: isRight ? `${px + READOUT_GAP}px` : "auto", right: isRight ? "auto" : `${width - px + READOUT_GAP}px`, maxWidth: `${Math.max(isRight ? width - px : px, 120) - READOUT_GAP}px` });
    if (speaks) this.status.textContent = `${head}: ${rows.map(({ label, text }) => `${label} ${text}`).join(", ")}`;
  }
}

/** Let arrow keys, Home and End move the cursor of a readout; Escape hides it and returns the focus to the page. */
export function addReadoutKeys(node, readout, getReader, showCursor) {
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = arrowStep(event), reader = getReader(), end = { Home: 0, End: 1 }[event.key];
    if (event.key === "Escape") {
      readout.hide();
      node.blur();
    } else if (reader && (step || end !== undefined)) {
      const start = readout.cursor ?? reader.ends[0];
      showCursor(end !== undefined ? reader.ends[end] : readout.cursor === null ? start : reader.step(start, step));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  node.addEventListener("blur", () => readout.hide());
}
