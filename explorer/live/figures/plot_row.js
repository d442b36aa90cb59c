// Plots side by side, which stay while only their values change.

import { createElement } from "../view/dom.js";
import { createPlot } from "../view/plots/plot.js";

export class PlotRow {
  /** fail(error): called where a plot cannot be shown. */
  constructor(root, palette, fail) {
    Object.assign(this, { root, palette, fail });
    this.entries = []; // { declaration: as JSON, plot }
  }

  /** Show plots [{ declaration, values }]; a plot whose declaration has changed is made again. */
  show(plots) {
    for (const { plot } of this.entries.splice(plots.length)) plot.close();
    try {
      plots.forEach(({ declaration, values }, i) => {
        const text = JSON.stringify(declaration);
        if (this.entries[i]?.declaration !== text) {
          for (const { plot } of this.entries.splice(i)) plot.close();
          this.entries.push({ declaration: text, plot: createPlot(this.root, declaration, { palette: this.palette }) });
        }
        this.entries[i].plot.update(values);
      });
    } catch (error) {
      this.close();
      this.root.replaceChildren(createElement("p", { role: "alert" }, error.message));
      this.fail(error);
    }
  }

  close() {
    for (const { plot } of this.entries.splice(0)) plot.close();
  }
}
