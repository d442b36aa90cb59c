// Ellipses, markers and texts of a plot.

import { pixelEllipse } from "../../core/ellipse.js";
import { shapePath } from "../../core/plot_paths.js";
import { setText } from "../dom.js";
import { createSvg, setAttributes, setVisible } from "./svg.js";

const MARKER_RADIUS = 6; // px
const DRAGGABLE_RADIUS = 8; // px
const LABEL_GAP = 6; // px between a label and what it names

/** The ellipses of a Gaussian, { mean: [x, y], covariance: [[a, b], [b, c]] }, at part.radii standard deviations, usually 1 and 2. */
export function createEllipsePart(part, style) {
  const radii = part.radii ?? [1, 2];
  const ellipses = radii.map((_, i) => createSvg("ellipse.plot-ellipse", { stroke: style.colour, fill: style.colour, "fill-opacity": i ? 0.06 : 0.14, "stroke-dasharray": style.dash }));
  const reach = ({ mean, covariance }, axis) => [-1, 1].map((sign) => mean[axis] + sign * Math.max(...radii) * Math.sqrt(Math.max(covariance[axis][axis], 0)));
  return {
    elements: ellipses,
    swatch: { kind: "box", attributes: { fill: style.colour, "fill-opacity": 0.14, stroke: style.colour, "stroke-width": 1.5, rx: 6 } },
    listX: (values) => [reach(values, 0)],
    listY: (values) => [reach(values, 1)],
    draw(values, { x, y }) {
      const { cx, cy, rx, ry, angle } = pixelEllipse(values.mean, values.covariance, x, y), isDrawn = Number.isFinite(cx + cy + rx + ry);
      ellipses.forEach((ellipse, i) => {
        setVisible(ellipse, isDrawn);
        if (isDrawn) setAttributes(ellipse, { rx: (rx * radii[i]).toFixed(2), ry: (ry * radii[i]).toFixed(2), transform: `translate(${cx.toFixed(2)} ${cy.toFixed(2)}) rotate(${angle.toFixed(3)})` });
      });
    },
  };
}

/** Put a text beside a position, on the side given by dx and dy (-1, 0 or 1) or, where there is no room, on the other, inside the box. */
function placeLabel(label, text, [px, py], [dx, dy], gap, { box, measure, fontSize }) {
  const width = measure(text), clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
  let left = dx ? (dx > 0 ? px + gap : px - gap - width) : px - width / 2;
  if (dx > 0 && left + width > box.left + box.width) left = px - gap - width;
  else if (dx < 0 && left < box.left) left = px + gap;
  let baseline = dy ? (dy < 0 ? py - gap : py + gap + 0.75 * fontSize) : py + 0.35 * fontSize;
  if (dy < 0 && baseline - 0.8 * fontSize < box.top) baseline = py + gap + 0.75 * fontSize;
  setAttributes(label, { x: clamp(left, box.left + 2, box.left + box.width - width - 2).toFixed(1), y: clamp(baseline, box.top + 0.8 * fontSize, box.top + box.height - 4).toFixed(1) });
  setText(label, text);
}

/** A point { x, y }, a vertical line { x } or a horizontal line { y }; each may have a label. part.draggable: true, "x" or "y". */
export function createMarkerPart(part, style) {
  const line = createSvg("path.plot-marker-line", { stroke: style.colour, "stroke-dasharray": part.dash ? style.dash : part.draggable ? "none" : "5 4", "stroke-width": part.draggable ? 2.5 : 1.5 });
  const point = createSvg("path.plot-marker-point", { fill: style.colour }), label = createSvg("text.plot-label");
  const radius = part.radius ?? (part.draggable ? DRAGGABLE_RADIUS : MARKER_RADIUS);
  return {
    elements: [line],
    labels: [point, label],
    listX: ({ x }) => (x === undefined ? [] : [[x]]),
    listY: ({ y }) => (y === undefined ? [] : [[y]]),
    draw({ x, y, label: text = part.label ?? "" }, frame) {
      const { box } = frame, right = box.left + box.width, bottom = box.top + box.height, size = radius * frame.pointScale;
      const px = x === undefined ? NaN : frame.x.toPixels(x), py = y === undefined ? NaN : frame.y.toPixels(y);
      const isPoint = x !== undefined && y !== undefined, isInside = (isPoint || y === undefined ? px >= box.left - 1 && px <= right + 1 : true) && (isPoint || x === undefined ? py >= box.top - 1 && py <= bottom + 1 : true);
      [line, point, label].forEach((node, i) => setVisible(node, isInside && (i === 2 || isPoint === (i === 1))));
      if (!isInside) return;
      if (isPoint) {
        setAttributes(point, { d: shapePath(px, py, style.shape, size) });
        placeLabel(label, text, [px, py], [1, -1], size + 2, frame);
      } else if (y === undefined) {
        setAttributes(line, { d: `M${px.toFixed(1)} ${box.top}V${bottom}` });
        placeLabel(label, text, [px, box.top], [1, 1], LABEL_GAP, frame);
      } else {
        setAttributes(line, { d: `M${box.left} ${py.toFixed(1)}H${right}` });
        placeLabel(label, text, [right + LABEL_GAP - 2, py], [-1, -1], LABEL_GAP, frame);
      }
    },
  };
}

/** A text at { x, y, text }, kept inside the axes. part.anchor: start, middle or end. */
export function createTextPart(part, style) {
  const label = createSvg("text.plot-label", { fill: style.colour });
  return {
    elements: [],
    labels: [label],
    listX: ({ x }) => [[x]],
    listY: ({ y }) => [[y]],
    draw({ x, y, text }, frame) {
      const position = [frame.x.toPixels(x), frame.y.toPixels(y)], isDrawn = position.every(Number.isFinite);
      setVisible(label, isDrawn);
      if (isDrawn) placeLabel(label, text, position, [{ start: 1, middle: 0, end: -1 }[part.anchor ?? "middle"], 0], 0, frame);
    },
  };
}
