// The Streamlit component of a gallery.

import { createGallery } from "../../figures/gallery.js";
import { createElement } from "../../view/dom.js";

const latestData = new WeakMap(); // root -> the data whose sheet is being loaded

export default function ({ data, parentElement, setStateValue }) {
  let root = parentElement.querySelector(".gallery");
  if (!root) parentElement.append((root = createElement("div.gallery")));
  latestData.set(root, data);
  fetch(data.sheet).then((response) => response.blob()).then(createImageBitmap).then((sheet) => {
    if (latestData.get(root) !== data) return;
    const focusedIndex = [...root.querySelectorAll(".grid button")].indexOf(root.getRootNode().activeElement);
    root.dataset.testid = "gallery";
    root.replaceChildren(...createGallery(data, sheet, focusedIndex < 0 ? data.chosen_index ?? 0 : Math.min(focusedIndex, data.n_images - 1), (index) => setStateValue("pick", { number: Date.now(), index })));
    if (focusedIndex >= 0) root.querySelector('.grid button[tabindex="0"]').focus({ preventScroll: true });
  });
}
