// The Streamlit component of a drawing.

import { openDrawing } from "../../figures/drawing.js";
import { createElement } from "../../view/dom.js";

const openConfigurations = new WeakMap(); // root -> the data that it shows, as JSON

export default function ({ data, parentElement, setStateValue }) {
  let root = parentElement.querySelector(".drawing");
  if (!root) parentElement.append((root = createElement("div.drawing")));
  const configuration = JSON.stringify(data);
  if (openConfigurations.get(root) !== configuration) openDrawing(root, data, setStateValue);
  openConfigurations.set(root, configuration);
}
