// The Streamlit component of plots.

import { PlotRow } from "../../figures/plot_row.js";
import { createElement } from "../../view/dom.js";
import { closeSoon, keepOpen } from "./closing.js";

const openPlotRows = new WeakMap(); // root -> its plots

export default function ({ data: { plots, palette }, parentElement }) {
  let root = parentElement.querySelector(".plot-row");
  if (!root) parentElement.append((root = createElement("div.plot-row")));
  root.dataset.testid = "plots";
  keepOpen(root);
  if (!openPlotRows.has(root)) openPlotRows.set(root, new PlotRow(root, palette, console.warn));
  openPlotRows.get(root).show(plots);
  return closeSoon(root, () => {
    openPlotRows.get(root)?.close();
    openPlotRows.delete(root);
  });
}
