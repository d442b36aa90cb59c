// Helpers for the DOM. Text is always inserted as text, never as markup.

import { pictureOf, pictureShape } from "../core/vector_picture.js";

export const OPAQUE_CONTEXT = { alpha: false }; // for a canvas that is painted completely, so that the browser need not blend it with the page

/** Return a new element, for example createElement("button.quiet", { onclick }, "Reset"): tag and classes, properties (aria-… and
 * data-… become attributes), children (null is left out). */
export function createElement(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split("."), node = document.createElement(tag);
  node.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role") node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Change the text of an element that contains nothing else. The same text is left alone, so that the browser has nothing to lay out. */
export function setText(element, text) {
  const node = element.firstChild;
  if (!node) element.textContent = text;
  else if (node.data !== text) node.data = text;
}

/** Return the position of a pointer event on an element (px). */
export function positionOn(element, { clientX, clientY }) {
  const bounds = element.getBoundingClientRect();
  return [clientX - bounds.x, clientY - bounds.y];
}

/** Paint pixels [C, H, W] in [0, 1] onto a canvas, which is resized to W×H; of a vector its picture. */
export function paintImage(canvas, pixels, shape) {
  const [channels, height, width] = pictureShape(shape);
  pixels = pictureOf(pixels, shape);
  const imageData = new ImageData(width, height), { data } = imageData, pixelCount = height * width;
  const [green, blue] = channels === 3 ? [pixelCount, 2 * pixelCount] : [0, 0];
  for (let i = 0, at = 0; i < pixelCount; i++, at += 4) {
    data[at] = Math.round(255 * pixels[i]);
    data[at + 1] = green ? Math.round(255 * pixels[green + i]) : data[at];
    data[at + 2] = blue ? Math.round(255 * pixels[blue + i]) : data[at];
    data[at + 3] = 255;
  }
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d", OPAQUE_CONTEXT).putImageData(imageData, 0, 0);
}

/** Call resize when the size of one of the elements changes, and once soon; without ResizeObserver, with the window's size. Return a
 * function that stops this. */
export function observeSize(elements, resize) {
  if (!globalThis.ResizeObserver) {
    addEventListener("resize", resize);
    const frame = requestAnimationFrame(resize);
    return () => (cancelAnimationFrame(frame), removeEventListener("resize", resize));
  }
  const observer = new ResizeObserver(resize);
  for (const element of elements) observer.observe(element);
  return () => observer.disconnect();
}

const matchesMedia = (query) => matchMedia(`(${query})`).matches;

/** Return the font size (px) of lecture mode, in which all that a node contains has one size; 0 otherwise. */
export const readLectureFontSize = (node) => (node.closest(".lecture") ? parseFloat(getComputedStyle(node).fontSize) : 0);

/** Return how much larger points are in lecture mode. */
export const findPointScale = (lectureFontSize) => Math.max(lectureFontSize / 16, 1);

/** Return the colours and the font that apply to a node: those of the host's theme, of forced colours, or of print. lectureFontSize: px, or 0. */
export function readTheme(node) {
  const style = getComputedStyle(node), forcedColors = matchesMedia("forced-colors: active");
  return { text: style.color, rgb: style.color.match(/[\d.]+/g).slice(0, 3).map(Number), background: style.backgroundColor, forcedColors, mutedText: forcedColors ? style.color : "#8a8f98", font: style.fontFamily, lectureFontSize: readLectureFontSize(node) };
}

/** Call repaint when the theme of an element has changed, whose style has a transition of its colour, and synchronously before and
 * after printing, because no animation frame runs then. Return a function that stops this. */
export function onAppearanceChange(element, repaint) {
  const printQuery = matchMedia("print");
  printQuery.addEventListener("change", repaint);
  element.addEventListener("transitionend", ({ target }) => target === element && repaint());
  return () => printQuery.removeEventListener("change", repaint);
}

/** Return whether the visitor's system asks for reduced motion. */
export const prefersReducedMotion = () => matchesMedia("prefers-reduced-motion: reduce");
