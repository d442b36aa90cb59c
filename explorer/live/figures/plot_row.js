// Plots side by side, which stay while only their values change.

import { createElement } from "../view/dom.js";
import { createPlot } from "../view/plots/plot.js";

export class PlotRow {
  /** options: { plots: [{ declaration, values }] } */
  constructor(root, blocks, { options, palette }) {
    this.element = createElement("div.plot-row", { "data-testid": "plots" });
    root.replaceChildren(this.element);
    Object.assign(this, { palette, entries: [] }); // entries: { declaration: as JSON, plot }
    this.continueWith(blocks, options);
  }

  /** Show other values, or other plots; a plot whose declaration has changed is made again. */
  continueWith(blocks, { plots }) {
    for (const { plot } of this.entries.splice(plots.length)) plot.close();
    plots.forEach(({ declaration, values }, i) => {
      const text = JSON.stringify(declaration);
      if (this.entries[i]?.declaration !== text) {
        for (const { plot } of this.entries.splice(i)) plot.close();
        this.entries.push({ declaration: text, plot: createPlot(this.element, declaration, { palette: this.palette }) });
      }
      this.entries[i].plot.update(values);
    });
  }

  /** All that these plots show stands in their options. */
  applyState() {}

  close() {
    for (const { plot } of this.entries.splice(0)) plot.close();
  }
}
