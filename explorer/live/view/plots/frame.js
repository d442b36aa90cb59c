// What surrounds the data of a plot: title, legend, axes with ticks, grid lines, and the legend of a colour scale.

import { MAX_AXIS_LABELS } from "../../core/plot_layout.js";
import { shapePath } from "../../core/plot_paths.js";
import { markSymbol } from "./part_style.js";
import { setText } from "../dom.js";
import { createSvg, setAttributes, setVisible } from "./svg.js";

const TICK_MARK = 5; // px
let rampCount = 0;

/** Return hidden texts, to be filled. */
const createTexts = (name, count) => Array.from({ length: count }, () => createSvg(name, { display: "none" }));

/** Fill texts with [{ text, x, y }], and hide those left over. */
function fillTexts(nodes, items) {
  nodes.forEach((node, i) => {
    setVisible(node, i < items.length && items[i].text);
    if (i >= items.length) return;
    setText(node, items[i].text);
    setAttributes(node, { x: items[i].x.toFixed(1), y: items[i].y.toFixed(1) });
  });
}

/** Return the group of a legend entry's swatch, about (0, 0) to (22, 0). */
function createSwatch({ kind, style, width, attributes, colour, shape }) {
  if (kind === "line") return createSvg("path.plot-line", { d: "M0 0H22", stroke: style.colour, "stroke-dasharray": style.dash, "stroke-width": width });
  if (kind === "point") return createSvg("path", { d: shapePath(11, 0, shape, 5), fill: colour });
  return createSvg("rect", { x: 3, y: -6, width: 16, height: 12, ...attributes });
}

export class Frame {
  /** legend: [{ label, swatch }]; ramp: { colours } of a heat map, or null. */
  constructor(legend, ramp) {
    this.titles = [];
    this.grid = createSvg("path.plot-grid");
    this.axes = createSvg("path.plot-axes");
    this.tickTexts = { x: createTexts("text.plot-tick.plot-middle", MAX_AXIS_LABELS), y: createTexts("text.plot-tick.plot-end", MAX_AXIS_LABELS) };
    this.axisTitles = { x: createSvg("text.plot-axis-title.plot-middle"), y: createSvg("text.plot-axis-title") };
    this.entries = legend.map(({ label, swatch, symbol }) => {
      const text = createSvg("text.plot-legend", { x: 28, y: "0.35em" });
      setText(text, label);
      return markSymbol(createSvg("g", {}, createSwatch(swatch), text), symbol);
    });
    this.top = createSvg("g");
    this.group = createSvg("g", {}, this.top, ...this.entries, this.axes, ...this.tickTexts.x, ...this.tickTexts.y, this.axisTitles.x, this.axisTitles.y);
    if (ramp) this.addRamp(ramp);
  }

  addRamp({ colours }) {
    const id = `plot-ramp-${++rampCount}`;
    const stops = colours.map((colour, i) => createSvg("stop", { offset: i / (colours.length - 1), "stop-color": colour }));
    this.rampBar = createSvg("rect.plot-ramp", { fill: `url(#${id})` });
    this.rampTexts = createTexts("text.plot-tick", MAX_AXIS_LABELS);
    this.rampTitle = createSvg("text.plot-axis-title.plot-end");
    this.group.append(createSvg("linearGradient", { id, x1: 0, y1: 1, x2: 0, y2: 0 }, ...stops), this.rampBar, ...this.rampTexts, this.rampTitle);
  }

  /** Draw a layout of layoutPlot(). axes: { x, y: { title, hasGrid } }; ramp: { title }; shownEntries: the indices of the legend's entries. */
  draw(layout, axes, ramp, shownEntries) {
    const { box, ticks, fontSize, titleLines } = layout, right = box.left + box.width, bottom = box.top + box.height, half = (value) => Math.round(value) + 0.5;
    while (this.titles.length < titleLines.length) this.titles.push(this.top.appendChild(createSvg("text.plot-title")));
    fillTexts(this.titles, titleLines.map((text, i) => ({ text, ...layout.titlePlaces[i] })));
    this.entries.forEach((entry, i) => {
      const place = layout.legendPlaces[shownEntries.indexOf(i)];
      setVisible(entry, place);
      if (place) setAttributes(entry, { transform: `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})` });
    });
    const xMarks = ticks.x.map(({ position }) => half(position)), yMarks = ticks.y.map(({ position }) => half(position));
    const { hasGrid: hasGridX = true } = axes.x, { hasGrid: hasGridY = true } = axes.y;
    setAttributes(this.grid, { d: ramp ? "" : [...(hasGridX ? xMarks.map((px) => `M${px} ${box.top}V${bottom}`) : []), ...(hasGridY ? yMarks.map((py) => `M${box.left} ${py}H${right}`) : [])].join("") });
    setAttributes(this.axes, { d: `M${half(box.left)} ${box.top}V${half(bottom)}H${right}${xMarks.map((px) => `M${px} ${half(bottom)}v${TICK_MARK}`).join("")}${yMarks.map((py) => `M${half(box.left)} ${py}h${-TICK_MARK}`).join("")}` });
    fillTexts(this.tickTexts.x, ticks.x.filter(({ text }) => text).map(({ text, textPosition }) => ({ text, x: textPosition, y: layout.tickTextY })));
    fillTexts(this.tickTexts.y, ticks.y.filter(({ text }) => text).map(({ text, position }) => ({ text, x: box.left - TICK_MARK - 4, y: position + 0.35 * fontSize })));
    for (const [name, place] of [["x", layout.xTitlePlace], ["y", layout.yTitlePlace]]) {
      setText(this.axisTitles[name], axes[name].title ?? "");
      setAttributes(this.axisTitles[name], { x: place.x.toFixed(1), y: place.y.toFixed(1) });
    }
    if (!ramp) return;
    const { left, top, width, height } = layout.rampBox;
    setAttributes(this.rampBar, { x: left, y: top, width, height });
    fillTexts(this.rampTexts, layout.rampTicks.map(({ text, position }) => ({ text, x: left + width + 5, y: position + 0.35 * fontSize })));
    setText(this.rampTitle, ramp.title);
    setAttributes(this.rampTitle, { x: layout.rampTitlePlace.x, y: layout.rampTitlePlace.y.toFixed(1) });
  }
}
