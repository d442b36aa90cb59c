// The drawing of a plot: a grid, a canvas and an SVG image one over the other, handles, and the readout.

import { spreadPositions } from "../../core/text_layout.js";
import { createElement, setText } from "../dom.js";
import { Frame } from "./frame.js";
import { addDragging, Handle } from "./handles.js";
import { readCells, readCurves, readPoints } from "./readers.js";
import { addReadoutKeys, Readout } from "./readout.js";
import { createSvg, setAttributes, setVisible } from "./svg.js";

const LABEL_LEFT = 8; // px between a line's end and its label
let boxCount = 0;

export class PlotBox {
  /** handlers: { onMove, onMarkerMove, onRelease, onPointer }, each may be missing. */
  constructor(plot, { onMove, onMarkerMove = () => {}, onRelease = () => {}, onPointer }) {
    const number = ++boxCount, { declaration, parts } = plot, clipId = `plot-clip-${number}`, descriptionId = `plot-description-${number}`;
    this.plot = plot;
    this.frameDrawing = new Frame(plot.legend, plot.rampPart?.drawing.ramp ?? null);
    this.readout = new Readout(parts.length);
    this.clip = createSvg("rect");
    this.lineLabels = parts.map(({ kind, colour, label }) => kind === "line" && { node: createSvg("text.plot-line-label", { fill: `color-mix(in srgb, ${colour} 65%, currentColor)` }), label });
    const definitions = createSvg("defs", {}, createSvg("clipPath", { id: clipId }, this.clip), ...parts.map(({ drawing }) => drawing.definition).filter(Boolean));
    const clipped = createSvg("g", { "clip-path": `url(#${clipId})` }, ...parts.flatMap(({ drawing }) => drawing.elements));
    const labels = createSvg("g", {}, ...parts.flatMap(({ drawing }) => drawing.labels ?? []), ...this.lineLabels.filter(Boolean).map(({ node }) => node));
    this.backdrop = createSvg("svg.plot-backdrop", { "aria-hidden": "true" }, this.frameDrawing.grid);
    this.canvas = createElement("canvas", { "aria-hidden": "true" });
    this.svg = createSvg("svg.plot-drawing", { role: "img", tabindex: 0, "aria-label": declaration.title, "aria-describedby": descriptionId }, definitions, clipped, this.frameDrawing.group, labels, this.readout.group);
    this.description = createElement("p.plot-hidden", { id: descriptionId }, declaration.description);
    this.element = createElement("div.plot-box", {}, this.backdrop, this.canvas, this.svg, this.description, this.readout.status);
    const host = { box: this.element, frame: () => this.frame, axes: plot.axes, getValues: (name) => plot.values.get(name), onMarkerMove, onRelease };
    this.handles = parts.filter(({ kind, draggable }) => kind === "marker" && draggable).map((part) => new Handle(part, host));
    this.element.append(...this.handles.map(({ element }) => element), this.readout.box);
    this.addPointer(onMove, onRelease);
    if (onPointer) {
      this.element.addEventListener("pointermove", (event) => onPointer(this.findPlace(event)));
      this.element.addEventListener("pointerleave", () => onPointer(null));
    }
    addReadoutKeys(this.svg, this.readout, () => this.getReader(), (cursor) => this.showCursor(cursor, true));
    this.widths = new Map();
    this.measure = (text, isTitle = false) => this.measureText(text, isTitle);
  }

  addPointer(onMove, onRelease) {
    const toData = ([px, py]) => {
      const { box, x, y } = this.frame, clamp = (value, low, length) => Math.min(Math.max(value, low), low + length);
      return { x: x.toData(clamp(px, box.left, box.width)), y: y.toData(clamp(py, box.top, box.height)) };
    };
    this.element.classList.toggle("plot-movable", Boolean(onMove));
    if (onMove) this.stopDragging = addDragging(this.svg, this.element, (position) => onMove(toData(position)), onRelease);
    const look = ({ clientX, clientY }) => {
      const { left, top } = this.element.getBoundingClientRect(), position = [clientX - left, clientY - top], { box } = this.frame ?? {};
      const isInside = box && position[0] >= box.left && position[0] <= box.left + box.width && position[1] >= box.top && position[1] <= box.top + box.height;
      const reader = isInside && this.getReader();
      if (reader) this.showCursor(reader.locate(toData(position)), false);
      else this.readout.hide();
    };
    this.svg.addEventListener("pointermove", look);
    this.svg.addEventListener("pointerdown", look);
    this.svg.addEventListener("pointerleave", () => this.readout.hide());
  }

  /** Return the values [x, y] at a pointer, or null if it is not between the axes. */
  findPlace({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect(), { box, x, y } = this.frame; // laid out, where a pointer meets it
    const px = clientX - left, py = clientY - top;
    return px >= box.left && px <= box.left + box.width && py >= box.top && py <= box.top + box.height ? [x.toData(px), y.toData(py)] : null;
  }

  /** Show a ring at the values [x, y] to which someone else points, or none. */
  showPointer(place) {
    this.pointedPlace = place;
    this.placeRing();
  }

  placeRing() {
    const { pointedPlace: place, frame } = this;
    if (place) this.ring ??= this.element.appendChild(createElement("i.plot-pointer", { "aria-hidden": "true", "data-testid": "lead-pointer" }));
    if (!this.ring) return;
    this.ring.hidden = !place || !frame;
    if (!this.ring.hidden) this.ring.style.transform = `translate(${frame.x.toPixels(place[0])}px, ${frame.y.toPixels(place[1])}px)`;
  }

  /** Adopt the page's font at a size (px). */
  readFont(fontSize) {
    const { fontFamily } = getComputedStyle(this.element);
    this.widths.clear();
    this.ruler ??= createElement("canvas").getContext("2d");
    this.fonts = [`${fontSize}px ${fontFamily}`, `600 ${1.1 * fontSize}px ${fontFamily}`];
    this.svg.style.fontSize = `${fontSize}px`;
  }

  measureText(text, isTitle) {
    const key = `${isTitle ? "t" : "n"}${text}`;
    if (!this.widths.has(key)) {
      this.ruler.font = this.fonts[isTitle ? 1 : 0];
      this.widths.set(key, this.ruler.measureText(text).width);
    }
    return this.widths.get(key);
  }

  /** Adopt a layout of layoutPlot(). */
  arrange(layout, ramp, shownEntries, isDirect) {
    const { width, height, box } = layout;
    this.frame = { ...layout, pointScale: this.plot.pointScale, measure: this.measure, resolveColour: (colour) => this.resolveColour(colour) };
    this.placeRing();
    this.isDirect = isDirect;
    this.element.style.height = `${height}px`;
    for (const svg of [this.backdrop, this.svg]) setAttributes(svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    setAttributes(this.clip, { x: box.left, y: box.top - 1, width: box.width + 1, height: box.height + 2 });
    this.frameDrawing.draw(layout, this.plot.axes, ramp, shownEntries);
  }

  resolveColour(colour) {
    if (colour.startsWith("#")) return colour;
    const style = getComputedStyle(this.element);
    return (colour !== "currentColor" && style.getPropertyValue("--primary-color").trim()) || style.color;
  }

  /** Draw the values of the parts [{ part, values }] that have any. */
  draw(shown) {
    const names = new Set(shown.map(({ part }) => part.name));
    for (const { name, drawing } of this.plot.parts) for (const node of [...drawing.elements, ...(drawing.labels ?? [])]) if (!names.has(name)) setVisible(node, false);
      else if (node.getAttribute("display") === "none" && !drawing.labels) setVisible(node, true);
    for (const { part, values } of shown) part.drawing.draw(values, this.frame);
    this.paint(shown.filter(({ part: { drawing }, values }) => drawing.isOnCanvas?.(values)));
    this.placeLineLabels(shown);
    for (const handle of this.handles) handle.place(this.plot.values.get(handle.part.name) ?? null);
    this.reader = undefined;
    if (this.readout.cursor !== null) this.showCursor(this.readout.cursor, false);
  }

  /** Paint parts on the canvas, unless they, the frame and the theme are those of the last time. */
  paint(painted) {
    const { canvas, frame: { width, height, box } } = this, ratio = Math.max(globalThis.devicePixelRatio || 1, 1);
    canvas.hidden = !painted.length;
    if (!painted.length) return;
    const state = [this.frame, ratio, this.resolveColour("currentColor"), this.resolveColour("primary"), ...painted.map(({ values }) => values)];
    if (state.length === this.paintedState?.length && state.every((value, i) => value === this.paintedState[i])) return;
    this.paintedState = state;
    const size = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    const ctx = canvas.getContext("2d");
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, ...size);
    ctx.setTransform(size[0] / width, 0, 0, size[1] / height, 0, 0);
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left, box.top, box.width, box.height);
    ctx.clip();
    for (const { part, values } of painted) part.drawing.paint(ctx, values, this.frame);
    ctx.restore();
  }

  /** Write the names of the lines at their ends. */
  placeLineLabels(shown) {
    const { box, x, y, fontSize } = this.frame, placed = [];
    for (const entry of this.lineLabels) if (entry) setVisible(entry.node, false);
    if (!this.isDirect) return;
    for (const { part: { index, kind }, values } of shown) {
      let i = kind === "line" ? values.x.length - 1 : -1;
      while (i >= 0 && !(Number.isFinite(values.y[i]) && x.toPixels(values.x[i]) <= box.left + box.width + 1)) i--;
      if (i >= 0) placed.push({ ...this.lineLabels[index], py: y.toPixels(values.y[i]) });
    }
    const positions = spreadPositions(placed.map(({ py }) => py), 1.25 * fontSize, box.top + 0.5 * fontSize, box.top + box.height - 0.5 * fontSize);
    placed.forEach(({ node, label }, i) => {
      setVisible(node, true);
      setText(node, label);
      setAttributes(node, { x: box.left + box.width + LABEL_LEFT, y: (positions[i] + 0.35 * fontSize).toFixed(1) });
    });
  }

  /** Return what reads the values out: curves with a label, else points, else a heat map. */
  getReader() {
    if (this.reader !== undefined) return this.reader;
    const shown = this.plot.listShown().map(({ part, values }) => ({ part: part.drawing, kind: part.kind, values, index: part.index, label: part.label || part.name, isNamed: Boolean(part.label) })), { axes } = this.plot;
    const curves = shown.filter(({ part, isNamed }) => part.read && isNamed), points = shown.find(({ kind }) => kind === "scatter"), cells = shown.find(({ kind }) => kind === "heatMap");
    this.reader = (curves.length && readCurves(curves, axes, this.frame)) || (points && readPoints(points, axes, this.frame)) || (cells && readCells(cells, axes)) || null;
    return this.reader;
  }

  showCursor(cursor, speaks) {
    const reader = this.getReader();
    if (!reader) return this.readout.hide();
    this.readout.show(reader, Math.min(cursor, reader.ends[1]), this.frame, this.plot.parts.map(({ colour }) => colour), speaks);
  }

  close() {
    this.stopDragging?.();
    for (const { stopDragging } of this.handles) stopDragging();
  }
}
