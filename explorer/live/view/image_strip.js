// Images side by side, each with a caption; they may be buttons, one of which is chosen.

import { createElement, paintImage } from "./dom.js";

/** Return { element, show(i, pixels, caption), mark(i, isMarked), choose(i) } of `count` images. options: { label: of them all, shape: [C, H,
 * W] of each, nameOf(i): for those who do not see it, onPick(i): makes them buttons }. */
export function createImageStrip(count, { label, shape, nameOf, onPick }) {
  const cells = Array.from({ length: count }, (_, i) => {
    const canvas = createElement("canvas", { role: "img", "aria-label": nameOf(i) }), caption = createElement("span.strip-caption");
    const cell = createElement(onPick ? "button.strip-image" : "span.strip-image", {}, canvas, caption);
    if (onPick) cell.onclick = () => onPick(i);
    return { cell, canvas, caption };
  });
  return {
    element: createElement("div.image-strip", { role: "group", "aria-label": label }, ...cells.map(({ cell }) => cell)),
    show(i, pixels, text = "") {
      paintImage(cells[i].canvas, pixels, shape);
      cells[i].caption.textContent = text;
    },
    mark: (i, isMarked) => cells[i].cell.classList.toggle("marked", isMarked),
    choose: (chosen) => cells.forEach(({ cell }, i) => cell.setAttribute("aria-pressed", String(i === chosen))),
  };
}
