// Points and heat maps of a plot. Many points and heat maps are painted on the plot's canvas.

import { colourMatrix, listColours } from "../../core/colour_scale.js";
import { UserFacingError } from "../../core/errors.js";
import { pointsPath } from "../../core/plot_paths.js";
import { findExtent } from "../../core/scale.js";
import { createElement, setText } from "../dom.js";
import { createSvg, setAttributes, setVisible } from "./svg.js";

const MAX_SVG_POINTS = 1000;
const POINT_RADIUS = 3.5; // px

/** Return a radius, or that of each point, in the scale of a frame. */
const scaleRadius = (radius, scale) => (scale === 1 ? radius : typeof radius === "number" ? radius * scale : Array.from(radius, (value) => value * scale));

/** Points at { x, y }, each in the group of this index, if the part has groups [{ label, colour, shape }], of a radius of its own (px), and
 * with a text at its middle. */
export function createScatterPart(part, style) {
  const { radius = POINT_RADIUS, opacity = 0.75 } = part, groups = style.groups ?? [style];
  const paths = groups.map(({ colour }) => createSvg("path.plot-points", { fill: colour, "fill-opacity": opacity }));
  const includes = ({ group }, index) => (style.groups && group ? (i) => group[i] === index : undefined);
  const pathOf = (values, frame, index) => pointsPath(values.x, values.y, frame.x, frame.y, groups[index].shape, scaleRadius(values.radius ?? radius, frame.pointScale), includes(values, index));
  const isOnCanvas = ({ x }) => x.length > MAX_SVG_POINTS, texts = createSvg("g");
  const drawTexts = ({ x, y, text = [] }, frame) => {
    while (texts.childElementCount < text.length) texts.append(createSvg("text.plot-label.plot-middle", { dy: "0.35em" }));
    Array.from(texts.children).forEach((node, i) => {
      const px = frame.x.toPixels(x[i]), py = frame.y.toPixels(y[i]), { box } = frame;
      const isInside = i < text.length && px >= box.left && px <= box.left + box.width && py >= box.top && py <= box.top + box.height;
      setVisible(node, isInside);
      if (!isInside) return;
      setAttributes(node, { x: px.toFixed(1), y: py.toFixed(1) });
      setText(node, text[i]);
    });
    setVisible(texts, true);
  };
  return {
    elements: paths,
    labels: [texts],
    swatches: style.groups?.map(({ label, colour, shape }) => ({ label, swatch: { kind: "point", colour, shape } })),
    swatch: { kind: "point", colour: style.colour, shape: style.shape },
    listX: ({ x }) => [x],
    listY: ({ y }) => [y],
    isOnCanvas,
    draw(values, frame) {
      paths.forEach((path, index) => {
        setVisible(path, true);
        setAttributes(path, { d: isOnCanvas(values) ? "" : pathOf(values, frame, index) });
      });
      drawTexts(values, frame);
    },
    paint(ctx, values, frame) {
      ctx.globalAlpha = opacity;
      groups.forEach(({ colour }, index) => {
        ctx.fillStyle = frame.resolveColour(colour);
        ctx.fill(new Path2D(pathOf(values, frame, index)));
      });
      ctx.globalAlpha = 1;
    },
    groupOf: ({ group }, i) => (group && style.groups?.[group[i]]?.label) ?? "",
  };
}

/** A matrix { values, shape: [rows, columns], bounds: [x0, y0, x1, y1] }, its first row the lowest, on linear axes. part.ramp: the name
 * of a ramp of the palette, or "opacity": of the part's colour, from transparent to opaque; part.domain: the values at its ends, otherwise
 * those of the data. */
export function createHeatMapPart(part, style, palette) {
  const rampName = part.ramp ?? "sequential", ramp = rampName === "opacity" ? [`${style.colour}00`, style.colour + "ff"] : palette.ramps?.[rampName];
  if (rampName === "opacity" && !style.colour.startsWith("#")) throw new UserFacingError(`The part "${part.name}" fades, and needs a colour of the palette.`);
  if (!ramp) throw new UserFacingError(`There is no ramp of colours named "${rampName}".`);
  const colours = listColours(ramp), matrix = createElement("canvas");
  const findDomain = ({ values }) => {
    const [low, high] = part.domain ?? findExtent([values], "linear") ?? [0, 1];
    return low < high ? [low, high] : [low - 0.5, low + 0.5];
  };
  return {
    elements: [],
    ramp: part.label === "" ? null : { colours: ramp, title: part.label ?? part.name },
    findDomain,
    listX: ({ bounds }) => [[bounds[0], bounds[2]]],
    listY: ({ bounds }) => [[bounds[1], bounds[3]]],
    isOnCanvas: () => true,
    draw() {},
    paint(ctx, values, { x, y }) {
      const { shape: [rows, columns], bounds: [x0, y0, x1, y1] } = values;
      if (matrix.width !== columns || matrix.height !== rows) [matrix.width, matrix.height] = [columns, rows];
      matrix.getContext("2d").putImageData(new ImageData(colourMatrix(values.values, [rows, columns], findDomain(values), colours), columns, rows), 0, 0);
      const left = x.toPixels(x0), top = y.toPixels(y1);
      ctx.imageSmoothingEnabled = false;
      ctx.drawImage(matrix, left, top, x.toPixels(x1) - left, y.toPixels(y0) - top);
    },
  };
}
