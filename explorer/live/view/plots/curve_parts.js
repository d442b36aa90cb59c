// Lines, areas and bars of a plot: one path each.

import { areaPath, barsPath, linePath } from "../../core/plot_paths.js";
import { findNearest } from "../../core/plot_readout.js";
import { createFill } from "./part_style.js";
import { createSvg, setAttributes } from "./svg.js";

/** Return the smallest distance of neighbouring positions; 1 of a single one. */
const smallestDistance = (positions) => {
  const sorted = Float64Array.from(positions).filter(Number.isFinite).sort();
  const distance = sorted.reduce((least, value, i) => (i && value > sorted[i - 1] ? Math.min(least, value - sorted[i - 1]) : least), Infinity);
  return Number.isFinite(distance) ? distance : 1;
};

/** A line through { x, y }. */
export function createLinePart(part, style) {
  const path = createSvg("path.plot-line", { stroke: style.colour, "stroke-dasharray": style.dash, "stroke-width": part.width ?? 2 });
  return {
    elements: [path],
    swatch: { kind: "line", style, width: part.width ?? 2 },
    listX: ({ x }) => [x],
    listY: ({ y }) => [y],
    draw: ({ x, y }, frame) => setAttributes(path, { d: linePath(x, y, frame.x, frame.y) }),
    read({ x, y }, position, frame) {
      const i = findNearest(x, position, frame.x.toPixels);
      return i < 0 ? null : { values: [y[i]], y: y[i] };
    },
  };
}

/** The area between the curves low and high over x. */
export function createAreaPart(part, style) {
  const path = createSvg("path.plot-area", { fill: style.colour, "fill-opacity": part.opacity ?? 0.22, stroke: style.colour, "stroke-opacity": 0.5 });
  return {
    elements: [path],
    swatch: { kind: "box", attributes: { fill: style.colour, "fill-opacity": part.opacity ?? 0.22, stroke: style.colour } },
    listX: ({ x }) => [x],
    listY: ({ low, high }) => [low, high],
    draw: ({ x, low, high }, frame) => setAttributes(path, { d: areaPath(x, low, high, frame.x, frame.y) }),
    read({ x, low, high }, position, frame) {
      const i = findNearest(x, position, frame.x.toPixels);
      return i < 0 ? null : { values: [low[i], high[i]], y: NaN };
    },
  };
}

/** Bars at x from base (usually 0) to y, so wide as the smallest distance of two, or width; each in the group of this index, if the part has
 * groups [{ label, colour }]. part.horizontal: x is on the vertical axis. */
export function createBarsPart(part, style) {
  const { horizontal = false } = part, groups = style.groups ?? [style], fills = groups.map(({ colour }) => createFill({ fill: style.fill, colour }, part.opacity));
  const paths = fills.map(({ attributes }) => createSvg("path.plot-bars", attributes)), definitions = fills.map(({ definition }) => definition).filter(Boolean);
  const includes = ({ group }, index) => (style.groups && group ? (i) => group[i] === index : undefined);
  const widthOf = ({ x, width }) => width ?? (part.relativeWidth ?? 0.8) * smallestDistance(x);
  const baseOf = ({ x, base }) => base ?? new Float64Array(x.length);
  const listPositions = (values) => [values.x.map((x) => x - widthOf(values) / 2), values.x.map((x) => x + widthOf(values) / 2)];
  const listEnds = (values) => [values.y, baseOf(values)];
  return {
    elements: paths,
    definition: definitions.length ? createSvg("g", {}, ...definitions) : null,
    swatches: style.groups?.map(({ label }, index) => ({ label, swatch: { kind: "box", attributes: fills[index].attributes } })),
    swatch: { kind: "box", attributes: fills[0].attributes },
    listX: horizontal ? listEnds : listPositions,
    listY: horizontal ? listPositions : listEnds,
    draw: (values, frame) => paths.forEach((path, index) => setAttributes(path, { d: barsPath(values.x, baseOf(values), values.y, widthOf(values), frame.x, frame.y, horizontal, includes(values, index)) })),
    read: horizontal ? undefined : ({ x, y }, position, frame) => {
      const i = findNearest(x, position, frame.x.toPixels);
      return i < 0 ? null : { values: [y[i]], y: NaN };
    },
  };
}
