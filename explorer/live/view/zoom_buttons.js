// The buttons at a corner of a map: zoom in, zoom out, fit, and images at the codes.

import { findEmptiestCorner, MAX_ZOOM } from "../core/map_view.js";
import { createElement } from "./dom.js";

const ICONS = { // paths on a square of 16
  in: "M8 3v10M3 8h10",
  out: "M3 8h10",
  fit: "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3",
  images: "M2.5 2.5h5v5h-5zM9.5 9.5h4v4h-4zM10 3.5h3M11.5 2v3M3 11.5h3M4.5 10v3",
};
const PAN_HELP = "To move the map, drag with two fingers, with Shift, or with the middle mouse button.";

export class ZoomButtons {
  /** callbacks: { onStep(1 or -1), onFit(), onToggleImages() }; noun: what the data of the codes are called. */
  constructor({ onStep, onFit, onToggleImages }, noun) {
    const button = (name, label, help, onClick) => {
      const node = createElement(`button.${name}`, { type: "button", "aria-label": label, title: `${label}. ${help}` });
      node.append(createIcon(ICONS[name]));
      node.onclick = () => node.getAttribute("aria-disabled") !== "true" && onClick(); // a disabled button would lose the focus
      return node;
    };
    this.zoomIn = button("in", "Zoom in", `Or: key +, Ctrl or ⌘ and wheel, pinch. ${PAN_HELP}`, () => onStep(1));
    this.zoomOut = button("out", "Zoom out", "Or: key −, Ctrl or ⌘ and wheel, pinch.", () => onStep(-1));
    this.fit = button("fit", "Show the whole map", "Or: key 0.", onFit);
    this.images = button("images", `${noun[0].toUpperCase()}${noun.slice(1)}s at the codes`, "As many as fit without overlap; zoom in for more.", onToggleImages);
    this.element = createElement("div.zoom", { role: "group", "aria-label": "View of the map" }, this.zoomIn, this.zoomOut, this.fit, this.images);
  }

  /** Show what can be done in the map's view, in the corner that is emptiest when the whole map is seen. */
  show(map) {
    const { view, thumbnails, plotArea: { box } } = map, hasImages = thumbnails.haveArrived, isWhole = view.zoom === 1;
    const setDisabled = (button, isDisabled) => button.setAttribute("aria-disabled", String(isDisabled));
    setDisabled(this.zoomIn, view.zoom >= MAX_ZOOM);
    setDisabled(this.zoomOut, isWhole);
    setDisabled(this.fit, isWhole);
    this.images.hidden = !hasImages;
    this.images.setAttribute("aria-pressed", String(thumbnails.areShown(view)));
    const layout = [box.width, box.height, hasImages].join();
    if (layout === this.layout) return;
    this.layout = layout;
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const [isRight, isBottom] = findEmptiestCorner(map.createPlotArea(), map.film.points, width, height);
    this.element.style.left = `${box.x + isRight * (box.width - width)}px`;
    this.element.style.top = `${box.y + isBottom * (box.height - height)}px`;
    map.noteIsLeft = isRight === 1 && isBottom === 0;
  }
}

function createIcon(path) {
  const [svg, line] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
