// A plot: axes and parts, drawn once and updated in place.

import { UserFacingError } from "../../core/errors.js";
import { chooseFontSize, layoutPlot } from "../../core/plot_layout.js";
import { checkDeclaration, checkDomain, checkValues, PLOT_KINDS } from "../../core/plot_values.js";
import { findExtent, findRoundDomain } from "../../core/scale.js";
import { createElement, findPointScale, observeSize, readLectureFontSize } from "../dom.js";
import { PlotBox } from "./box.js";
import { createHeatMapPart, createScatterPart } from "./cloud_parts.js";
import { createAreaPart, createBarsPart, createLinePart } from "./curve_parts.js";
import { exportPng, exportSvg } from "./export.js";
import { createEllipsePart, createMarkerPart, createTextPart } from "./mark_parts.js";
import { listStyles, markSymbol } from "./part_style.js";
import { createPlotButtons } from "./plot_buttons.js";

const CREATE_PART = { line: createLinePart, area: createAreaPart, bars: createBarsPart, scatter: createScatterPart, heatMap: createHeatMapPart, ellipse: createEllipsePart, marker: createMarkerPart, text: createTextPart };
const DEFAULT_HEIGHT = 260; // px of the area of the data
const MIN_WIDTH_OF_LABELS = 480; // px of a plot whose lines are labelled at their ends; a narrower one has a legend

/** Return the numbers as an array; null is not a number. */
const toNumbers = (values) => (ArrayBuffer.isView(values) ? values : Float64Array.from(values, (value) => value ?? NaN));

/** Return the values of a part with its arrays as typed arrays. */
function normalizeValues({ kind }, values) {
  const { arrays = [], optionalArrays = [] } = PLOT_KINDS[kind], result = { ...values };
  for (const field of [...arrays, ...optionalArrays]) if (values[field] !== undefined) result[field] = toNumbers(values[field]);
  return result;
}

class Plot {
  constructor(root, declaration, { palette = { colours: {} }, onMove, onMarkerMove, onRelease, onPointer } = {}) {
    checkDeclaration(declaration);
    this.declaration = declaration;
    this.axes = Object.fromEntries(["x", "y"].map((name) => [name, { ...declaration[name], kind: declaration[name]?.scale ?? "linear" }]));
    const styles = listStyles(declaration.parts, palette);
    this.parts = declaration.parts.map((part, index) => ({ ...part, label: part.label ?? (["marker", "text"].includes(part.kind) ? "" : part.name), index, colour: styles[index].colour, drawing: CREATE_PART[part.kind](part, styles[index], palette) }));
    this.legend = this.parts.flatMap(({ kind, label, index, drawing: { swatch, swatches } }) => (swatches ?? (swatch ? [{ label, swatch }] : [])).map((entry) => ({ ...entry, isLine: kind === "line", symbol: declaration.parts[index].colour }))).filter(({ label }) => label);
    for (const { index, drawing } of this.parts) for (const node of [...drawing.elements, ...(drawing.labels ?? [])]) markSymbol(node, declaration.parts[index].colour);
    this.rampPart = this.parts.find(({ drawing }) => drawing.ramp) ?? null;
    this.values = new Map();
    Object.assign(this, { minLeft: { left: 0, width: 0 }, heightShare: 1 });
    this.box = new PlotBox(this, { onMove, onMarkerMove, onRelease, onPointer });
    this.element = createElement("figure.plot", {}, this.box.element, createPlotButtons(this));
    root.append(this.element);
    this.stopSizeObserver = observeSize([this.element], () => this.resize());
    document.fonts?.ready.then(() => this.isClosed || this.resize(true));
    this.resize();
  }

  /** Show values of parts by name, null for none; parts that are not named keep theirs. domains: { x: [low, high], y } of the axes from
   * now on. Raises UserFacingError and shows nothing of them if they do not match the declaration. */
  update(values, domains = {}) {
    const changes = Object.entries(values).map(([name, value]) => {
      const part = this.parts.find((candidate) => candidate.name === name);
      if (!part) throw new UserFacingError(`The plot "${this.declaration.title}" has no part called "${name}".`);
      if (value !== null) checkValues(part, value);
      return [name, value && normalizeValues(part, value)];
    });
    for (const [name, domain] of Object.entries(domains)) checkDomain(name, this.axes[name].kind, domain);
    for (const [name, value] of changes) this.values.set(name, value);
    for (const [name, domain] of Object.entries(domains)) this.axes[name].domain = domain;
    this.draw();
    this.onUpdate?.();
  }

  toSVG() {
    return exportSvg(this);
  }

  /** Return a promise of a PNG as a Blob, scale times as large as the plot. */
  toPNG(scale = 2) {
    return exportPng(this, scale);
  }

  close() {
    this.isClosed = true;
    this.stopSizeObserver();
    this.box.close();
    this.element.remove();
  }

  /** Adopt the width of the container. isForced: also if it is the same, because the font has changed. */
  resize(isForced = false) {
    const width = Math.floor(this.element.getBoundingClientRect().width);
    if (!width || (width === this.width && !isForced)) return;
    this.width = width;
    const lectureFontSize = readLectureFontSize(this.element);
    Object.assign(this, { fontSize: lectureFontSize || chooseFontSize(width), pointScale: findPointScale(lectureFontSize) });
    this.box.readFont(this.fontSize);
    this.layoutKey = "";
    this.draw();
  }

  /** Draw the area of the data this many times as high as declared. */
  setHeightShare(share) {
    if (share === this.heightShare) return;
    this.heightShare = share;
    this.layoutKey = "";
    this.draw();
  }

  /** Return the parts that have values. */
  listShown() {
    return this.parts.filter(({ name }) => this.values.get(name)).map((part) => ({ part, values: this.values.get(part.name) }));
  }

  findDomain(name, shown) {
    const { domain, kind } = this.axes[name];
    if (domain) return domain;
    const arrays = shown.flatMap(({ part: { drawing }, values }) => (name === "x" ? drawing.listX(values) : drawing.listY(values)));
    const extent = findExtent(arrays, kind);
    const isTight = kind === "linear" && extent && extent[0] < extent[1] && (name === "x" || this.rampPart);
    return isTight ? extent : findRoundDomain(extent, kind);
  }

  draw() {
    if (!this.width) return;
    const shown = this.listShown(), { rampPart } = this, rampValues = rampPart && this.values.get(rampPart.name);
    const ramp = rampPart && { domain: rampValues ? rampPart.drawing.findDomain(rampValues) : [0, 1], title: rampPart.label };
    const axes = Object.fromEntries(["x", "y"].map((name) => [name, { ...this.axes[name], domain: this.findDomain(name, shown) }]));
    const key = JSON.stringify([this.width, axes.x.domain, axes.y.domain, ramp]);
    if (key !== this.layoutKey) {
      this.layoutKey = key;
      this.arrange(axes, ramp);
    }
    this.box.draw(shown);
  }

  /** Place everything that does not depend on the values alone. */
  arrange(axes, ramp) {
    const { declaration, width, fontSize } = this, hasLegend = declaration.legend !== "none" && (this.legend.length > 1 || Boolean(declaration.legend));
    const isDirect = declaration.legend === "direct" && width >= MIN_WIDTH_OF_LABELS && !ramp;
    const shownEntries = this.legend.map((_, i) => i).filter((i) => hasLegend && !(isDirect && this.legend[i].isLine));
    const layout = layoutPlot({
      title: declaration.title, width, fontSize, height: Math.round((declaration.height ?? DEFAULT_HEIGHT) * this.heightShare), measure: this.box.measure, x: axes.x, y: axes.y, ramp,
      isToScale: Boolean(declaration.toScale), legend: shownEntries.map((i) => this.legend[i].label),
      labels: isDirect ? this.parts.filter(({ kind }) => kind === "line").map(({ label }) => label) : [],
      minLeft: Math.max(declaration.minLeft ?? 0, this.minLeft.width === width ? this.minLeft.left : 0),
    });
    this.minLeft = { left: layout.box.left, width };
    this.box.arrange(layout, ramp, shownEntries, isDirect);
  }
}

/**
 * Create a plot in root. declaration: { title, description: for screen readers, x and y: { title with its unit, domain: [low, high] or of the
 * data, scale: "linear" or "log", ticks: [{ value, label }] or round values, hasGrid }, parts: [{ kind, name, label, colour, … }], height (px)
 * of the data's area, minLeft (px): the least room at its left, toScale: a unit is as long on both axes, legend: "top", "direct" or "none", buttons: of "values", "png", "svg" }.
 * options: { palette: of explorer/figures/palette.py, onMove({ x, y }): the pointer is down anywhere, onMarkerMove(name, { x, y }): a
 * draggable marker is moved, onRelease() }. docs/live-plots.md describes the parts. Return { update, element, toSVG, toPNG, close }.
 */
export const createPlot = (root, declaration, options) => new Plot(root, declaration, options);
