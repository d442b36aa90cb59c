// Plots side by side, which stay while only their values change.

import { createElement } from "../view/dom.js";
import { createPlot } from "../view/plots/plot.js";

/** Return a declaration without the domains of its axes, as JSON: what a plot cannot change. */
const describePlot = ({ x, y, ...rest }) => JSON.stringify([rest, ...[x, y].map((axis) => axis && { ...axis, domain: Boolean(axis.domain) })]);

/** Return the domains of a declaration by the names of their axes. */
const listDomains = ({ x, y }) => Object.fromEntries(Object.entries({ x, y }).flatMap(([name, axis]) => (axis?.domain ? [[name, axis.domain]] : [])));

export class PlotRow {
  /** options: { plots: [{ declaration, values }] } */
  constructor(root, blocks, { options, palette }) {
    this.element = createElement("div.plot-row", { "data-testid": "plots" });
    root.replaceChildren(this.element);
    Object.assign(this, { palette, entries: [] }); // entries: { text: of describePlot(), plot }
    this.continueWith(blocks, options);
  }

  /** Show other values, or other plots; a plot whose declaration has changed, except the domains of its axes, is made again. */
  continueWith(blocks, { plots }) {
    for (const { plot } of this.entries.splice(plots.length)) plot.close();
    plots.forEach(({ declaration, values }, i) => {
      const text = describePlot(declaration);
      if (this.entries[i]?.text !== text) {
        for (const { plot } of this.entries.splice(i)) plot.close();
        this.entries.push({ text, plot: createPlot(this.element, declaration, { palette: this.palette }) });
      }
      this.entries[i].plot.update(values, listDomains(declaration));
    });
  }

  /** All that these plots show stands in their options. */
  applyState() {}

  close() {
    for (const { plot } of this.entries.splice(0)) plot.close();
  }
}
