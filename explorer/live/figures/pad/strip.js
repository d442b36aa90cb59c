// A picture of many images that a run decodes, above a caption.

import { createElement } from "../../view/dom.js";

/** Return a strip of a side: { side, canvas, caption, element }, with what was painted last, which its owner keeps in `painted`. */
export function createStrip(side, testId) {
  const canvas = createElement("canvas.strip", { role: "img", "data-testid": side.index ? `${testId}-2` : testId }), caption = createElement("span");
  const element = createElement("figure", {}, canvas, createElement("figcaption", {}, createElement("b", {}, side.metadata.model), " ", caption));
  return { side, canvas, caption, element, painted: null };
}
