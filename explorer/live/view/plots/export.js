// A plot as a file: a stand-alone SVG image, and a PNG image.

import { createElement, readTheme } from "../dom.js";
import { createSvg } from "./svg.js";

const COPIED_PROPERTIES = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "font-variant-numeric", "text-anchor", "paint-order"];
const PADDING = 12; // px around the plot

/** Return a colour that programs know that do not know color(): rgb() of color(srgb …). */
function toRgb(colour) {
  const match = colour.match(/^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)/);
  return match ? `rgb(${match.slice(1).map((share) => Math.round(255 * Number(share))).join(", ")})` : colour;
}

/** Return a copy of what is visible of an SVG element, with the style that it has on the page. */
function copyVisible(node) {
  if (node.getAttribute("display") === "none" || node.classList.contains("plot-readout")) return null;
  const copy = node.cloneNode(false), style = getComputedStyle(node);
  copy.removeAttribute("class");
  if (!["g", "defs", "clipPath", "linearGradient", "stop"].includes(node.localName))
    for (const name of COPIED_PROPERTIES) {
      const value = style.getPropertyValue(name);
      if (value) copy.setAttribute(name, toRgb(value));
    }
  for (const child of node.childNodes) {
    const childCopy = child.nodeType === Node.TEXT_NODE ? child.cloneNode() : copyVisible(child);
    if (childCopy) copy.append(childCopy);
  }
  return copy;
}

/** Return the SVG element of a plot. layers: "all", "below" the canvas, "above" it. */
function buildSvg({ box, declaration, element }, scale, layers) {
  const { width, height } = box.frame, [outerWidth, outerHeight] = [width + 2 * PADDING, height + 2 * PADDING], theme = readTheme(element);
  const background = findBackground(element, theme.background);
  const svg = createSvg("svg", { width: outerWidth * scale, height: outerHeight * scale, viewBox: `${-PADDING} ${-PADDING} ${outerWidth} ${outerHeight}`, role: "img", color: theme.text });
  if (layers !== "above") {
    svg.append(createSvg("title", {}, declaration.title), createSvg("desc", {}, declaration.description));
    svg.append(createSvg("rect", { x: -PADDING, y: -PADDING, width: outerWidth, height: outerHeight, fill: background }), ...[...box.backdrop.children].map(copyVisible).filter(Boolean));
  }
  if (layers === "all" && !box.canvas.hidden) svg.append(createSvg("image", { x: 0, y: 0, width, height, href: box.canvas.toDataURL() }));
  if (layers !== "below") svg.append(...[...box.svg.children].map(copyVisible).filter(Boolean));
  return svg;
}

/** Return the colour behind an element: the theme's, or that of the nearest element that has one. */
function findBackground(element, own) {
  const theme = getComputedStyle(element).getPropertyValue("--background-color").trim();
  if (theme) return theme;
  let colour = own;
  for (let node = element; node && /^rgba\(.*, 0\)$|^transparent$/.test(colour); node = node.parentElement ?? node.getRootNode().host) colour = getComputedStyle(node).backgroundColor;
  return /^rgba\(.*, 0\)$|^transparent$/.test(colour) ? "#ffffff" : colour;
}

/** Return a plot as the text of a stand-alone SVG file. */
export const exportSvg = (plot) => new XMLSerializer().serializeToString(buildSvg(plot, 1, "all"));

/** Return an image of SVG text, once it can be drawn. */
async function loadImage(text) {
  const image = new Image();
  const loaded = new Promise((resolve, reject) => Object.assign(image, { onload: resolve, onerror: () => reject(new Error("The picture could not be drawn.")) }));
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await loaded;
  return image;
}

/** Return a promise of a plot as a PNG file. What is below the canvas, the canvas, and what is above it are drawn one after the other,
 * because WebKit may leave out images inside an SVG image. */
export async function exportPng(plot, scale) {
  const { canvas, frame: { width, height } } = plot.box, texts = ["below", "above"].map((layers) => new XMLSerializer().serializeToString(buildSvg(plot, scale, layers)));
  const [below, above] = await Promise.all(texts.map(loadImage));
  const output = createElement("canvas", { width: Math.round((width + 2 * PADDING) * scale), height: Math.round((height + 2 * PADDING) * scale) }), ctx = output.getContext("2d");
  ctx.drawImage(below, 0, 0, output.width, output.height);
  if (!canvas.hidden) ctx.drawImage(canvas, PADDING * scale, PADDING * scale, width * scale, height * scale);
  ctx.drawImage(above, 0, 0, output.width, output.height);
  return new Promise((resolve) => output.toBlob(resolve, "image/png"));
}
