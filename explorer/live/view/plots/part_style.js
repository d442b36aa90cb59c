// How the parts of a plot look: colours by name, dashes, shapes and fills that tell parts apart without colour.

import { UserFacingError } from "../../core/errors.js";
import { createSvg } from "./svg.js";

const DASHES = { solid: "none", dashed: "7 4", dotted: "1.5 4", dashdot: "9 4 1.5 4" };
const POINT_SHAPES = ["circle", "square", "triangle", "diamond", "cross"];
const FILLS = ["solid", "outlined", "hatched", "dotted"];
const DEFAULT_COLOURS = ["accent", "mark", "rate", "mu", "x", "distortion"];

/** Return the colour of a name: of the palette that Python gives, { colours: { name: "#rrggbb" } }, or "text" or "primary" of the theme. */
function findColour(name, { colours }) {
  if (name === "text") return "currentColor";
  if (name === "primary") return "var(--primary-color, LinkText)";
  if (/^#[0-9a-f]{6}$/i.test(name)) return name;
  if (!Object.hasOwn(colours, name)) throw new UserFacingError(`There is no colour named "${name}".`);
  return colours[name];
}

const pickByName = (names, name, index, what) => {
  if (name === undefined) return names[index % names.length];
  if (!names.includes(name)) throw new UserFacingError(`There is no ${what} "${name}", only ${names.join(", ")}.`);
  return name;
};

/** Return the styles of the parts of a declaration: { colour, dash, shape, fill, groups }. Lines, points and bars that name no style get
 * one after the other. */
export function listStyles(parts, palette) {
  const counts = {}, defaults = DEFAULT_COLOURS.filter((name) => Object.hasOwn(palette.colours, name));
  let coloured = 0;
  return parts.map((part) => {
    const index = (counts[part.kind] = (counts[part.kind] ?? -1) + 1);
    const dashName = pickByName(Object.keys(DASHES), part.dash, part.kind === "line" ? index : 0, "dash");
    const groups = part.groups?.map((group, i) => ({ ...group, colour: findColour(group.colour ?? `class ${i % 10}`, palette), shape: pickByName(POINT_SHAPES, group.shape, i, "shape") }));
    const colour = ["marker", "text"].includes(part.kind) ? part.colour ?? "text" : part.colour ?? defaults[coloured++ % defaults.length] ?? "text";
    return {
      colour: findColour(colour, palette), dash: DASHES[dashName], groups,
      shape: pickByName(POINT_SHAPES, part.shape, part.kind === "marker" ? 0 : index, "shape"),
      fill: pickByName(FILLS, part.fill, part.kind === "bars" ? index : 0, "fill"),
    };
  });
}

/** Name the symbol of formulas that a part of a plot stands for, which its colour tells. */
export function markSymbol(node, colour) {
  if (colour) node.dataset.symbol = colour;
  return node;
}

let patternCount = 0;

/** Return what fills bars: { attributes, definition: an SVG pattern or null }. opacity: of a solid fill. */
export function createFill({ fill, colour }, opacity = 0.8) {
  if (fill === "solid") return { attributes: { fill: colour, "fill-opacity": opacity, stroke: "none" }, definition: null };
  if (fill === "outlined") return { attributes: { fill: colour, "fill-opacity": 0.15, stroke: colour, "stroke-width": 1.5 }, definition: null };
  const id = `plot-pattern-${++patternCount}`;
  const mark = fill === "dotted" ? createSvg("circle", { cx: 3, cy: 3, r: 1.7, fill: colour }) : createSvg("path", { d: "M0 0V6", stroke: colour, "stroke-width": 3 });
  const definition = createSvg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, mark);
  return { attributes: { fill: `url(#${id})`, stroke: colour, "stroke-width": 1 }, definition };
}
