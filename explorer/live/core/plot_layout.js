// Where everything of a plot stands, in pixels from its left and top.

import { createScale, equalizeUnits } from "./scale.js";
import { flowItems, findLabelStride, wrapWords } from "./text_layout.js";
import { findLinearTicks, findLogTicks, formatTicks } from "./ticks.js";

/** @typedef {import("./scale.js").Scale} Scale */
/** @typedef {import("./scale.js").ScaleKind} ScaleKind */
/** @typedef {{ title?: string, kind: ScaleKind, domain: number[], ticks?: { value: number, label: string }[] }} AxisPlan */
/** @typedef {{ value: number, text: string, position: number }} Tick */
/** title: of the plot; height: of the area of the data; legend, labels: texts of the legend and of those at the right of the lines;
 * ramp: the colours' domain and title; minLeft: the margin of an earlier layout, so that the axis stays where it is.
 * @typedef {{ title: string, width: number, height: number, fontSize: number, measure: (text: string, isTitle?: boolean) => number, x: AxisPlan, y: AxisPlan,
 *   isToScale: boolean, legend: string[], labels: string[], ramp: { domain: number[], title: string } | null, minLeft: number }} LayoutPlan */

export const MAX_AXIS_LABELS = 24; // of an axis, however small they are
const TICK_MARK_LENGTH = 5; // px
const X_TICK_SPACING = 62; // px, at a font size of 12 px
const Y_TICK_SPACING = 38;
const SWATCH_WIDTH = 28; // px, with the room before the text
const RAMP_WIDTH = 12; // px
const MIN_BOX_WIDTH = 40; // px
const LARGEST_USUAL_SIZE = 16; // px
const LINE_HEIGHTS = { title: 1.55, legend: 1.6, axis: 1.4, ticks: 0.7, below: 1.5 }; // in font sizes
const TIGHT_LINE_HEIGHTS = { title: 1.25, legend: 1.25, axis: 1.2, ticks: 0.5, below: 1.15 }; // of larger type, beside which there is little room

/** Return the font size (px) of a plot of a width: 12 px on a phone and in a column, up to 16 px where it fills a projector's screen.
 * @param {number} width */
export const chooseFontSize = (width) => Math.min(Math.max(Math.round(width / 75), 12), LARGEST_USUAL_SIZE);

/** Return the layout of a plot.
 * @param {LayoutPlan} plan */
export function layoutPlot(plan) {
  const { title, width, fontSize, measure, x, y, legend, labels, ramp } = plan, edge = 4, lines = fontSize > LARGEST_USUAL_SIZE ? TIGHT_LINE_HEIGHTS : LINE_HEIGHTS;
  const titleLines = wrapWords(title, width - 2 * edge, (text) => measure(text, true)), titleHeight = lines.title * fontSize;
  const legendPlaces = flowItems(legend.map((text) => SWATCH_WIDTH + measure(text)), width - 2 * edge, 1.4 * fontSize);
  const legendHeight = legend.length ? (legendPlaces[legendPlaces.length - 1].row + 1) * lines.legend * fontSize : 0;
  const yTitle = y.title ?? "", rampTitle = ramp?.title ?? "", titlesCollide = Boolean(yTitle && rampTitle) && measure(yTitle) + measure(rampTitle) > width - 3 * edge - fontSize;
  let top = titleLines.length * titleHeight + legendHeight + (titleLines.length ? 0.3 * fontSize : 0);
  if (legend.length) top += 0.35 * fontSize;
  const rampTitleY = top + fontSize;
  if (titlesCollide) top += lines.axis * fontSize;
  const yTitleY = top + fontSize;
  top += (yTitle || rampTitle ? lines.axis * fontSize : 0) + lines.ticks * fontSize;
  const box = { left: plan.minLeft, top: Math.round(top), width: 0, height: plan.height }, bottom = box.top + box.height;

  const rampTicks = ramp ? listTicks({ kind: "linear", domain: ramp.domain }, [bottom, box.top], Y_TICK_SPACING, fontSize) : [];
  const endMargin = Math.ceil(Math.max(0, ...rampTicks.map(({ text }) => measure(text)), ...labels.map((text) => measure(text))));
  const rightMargin = endMargin ? endMargin + 10 + (ramp ? RAMP_WIDTH + 12 : 0) : 0;
  let domains = [x.domain, y.domain];
  const findYTicks = () => listTicks({ ...y, domain: domains[1] }, [bottom, box.top], Y_TICK_SPACING, fontSize);
  const fitWidth = () => {
    const widest = Math.max(0, ...findYTicks().map(({ text }) => measure(text)));
    box.left = Math.max(box.left, Math.ceil(widest + TICK_MARK_LENGTH + 6));
    box.width = Math.max(width - box.left - Math.max(rightMargin, fontSize), MIN_BOX_WIDTH);
  };
  fitWidth();
  if (plan.isToScale) {
    domains = equalizeUnits(x.domain, y.domain, box.width, box.height);
    fitWidth();
    domains = equalizeUnits(x.domain, y.domain, box.width, box.height);
  }
  const right = box.left + box.width, tickTextY = bottom + TICK_MARK_LENGTH + 1.05 * fontSize;
  const xTicks = thin(listTicks({ ...x, domain: domains[0] }, [box.left, right], X_TICK_SPACING, fontSize), measure, 0.6 * fontSize);
  const xTitleY = tickTextY + lines.below * fontSize;
  return {
    width, fontSize, box, titleLines, tickTextY, rampTicks,
    height: Math.ceil(x.title ? xTitleY + 0.4 * fontSize : tickTextY + 0.5 * fontSize),
    x: createScale(x.kind, domains[0], [box.left, right]),
    y: createScale(y.kind, domains[1], [bottom, box.top]),
    ticks: { x: xTicks.map((tick) => ({ ...tick, textPosition: keepWithin(tick.position, measure(tick.text), width) })), y: thin(findYTicks().reverse(), () => fontSize, 0) },
    titlePlaces: titleLines.map((_, i) => ({ x: edge, y: (i + 0.8) * titleHeight })),
    legendPlaces: legendPlaces.map(({ left, row }) => ({ x: edge + left, y: titleLines.length * titleHeight + (row + 0.65) * lines.legend * fontSize })),
    yTitlePlace: { x: edge, y: yTitleY },
    xTitlePlace: { x: keepWithin(box.left + box.width / 2, measure(x.title ?? ""), width), y: xTitleY },
    rampTitlePlace: { x: width - edge, y: titlesCollide ? rampTitleY : yTitleY },
    rampBox: { left: right + 12, top: box.top, width: RAMP_WIDTH, height: box.height },
  };
}

/** Return the middle of a text of this width that stands inside the plot.
 * @param {number} middle @param {number} textWidth @param {number} width */
const keepWithin = (middle, textWidth, width) => Math.max(Math.min(middle, width - textWidth / 2 - 1), textWidth / 2 + 1);

/** @param {AxisPlan} axis @param {number[]} range @param {number} spacing @param {number} fontSize @returns {Tick[]} */
function listTicks({ kind, domain, ticks: given }, range, spacing, fontSize) {
  const scale = createScale(kind, domain, range), place = (/** @type {number} */ value, /** @type {string} */ text) => ({ value, text, position: scale.toPixels(value) });
  if (given) return given.filter(({ value }) => value >= domain[0] && value <= domain[1]).map(({ value, label }) => place(value, label));
  const values = (kind === "log" ? findLogTicks : findLinearTicks)(domain[0], domain[1], Math.abs(range[1] - range[0]), (spacing * fontSize) / 12), texts = formatTicks(values, kind);
  return values.map((value, i) => place(value, texts[i]));
}

/** Return ticks without the texts that would run into each other, or are too many.
 * @param {Tick[]} ticks @param {(text: string) => number} measure @param {number} gap */
function thin(ticks, measure, gap) {
  const stride = Math.max(findLabelStride(ticks.map(({ position }) => position), ticks.map(({ text }) => measure(text)), gap), Math.ceil(ticks.length / MAX_AXIS_LABELS));
  return ticks.map((tick, i) => (i % stride ? { ...tick, text: "" } : tick));
}
