// The curves of distortion, rate and their weighted sum over the epochs, of one model or two.

import { CurveHistory } from "../../core/playground/history.js";
import { createElement } from "../../view/dom.js";
import { createPlot } from "../../view/plots/plot.js";

const REDRAW_MS = 250; // between two drawings while the curves grow
const KINDS = [
  { name: "distortion", title: "Distortion", colour: "distortion", description: "−log p(x|z) of the training images over the epochs" },
  { name: "rate", title: "Rate", colour: "rate", description: "The KL divergence of the posteriors from the prior over the epochs" },
  { name: "loss", title: "Total: distortion + β · rate", colour: "text", description: "What the training minimises, over the epochs" },
];

export class Curves {
  constructor(palette) {
    Object.assign(this, { palette, time: 0, isStale: false, plots: [] });
    this.element = createElement("div.curves");
  }

  /** Start empty curves of this many models. */
  open(count) {
    this.history = new CurveHistory();
    if (count !== this.count) this.declare(count);
    Object.assign(this, { isStale: true, time: 0 });
  }

  /** Continue curves that were saved. history: the values of a CurveHistory. */
  restore(history) {
    Object.assign(this.history, history);
    Object.assign(this, { isStale: true, time: 0 });
  }

  declare(count) {
    this.close();
    this.count = count;
    this.plots = KINDS.map((kind) => {
      const container = createElement("div.curve"), labels = count > 1 ? ["left", "right"] : [kind.name];
      this.element.append(container);
      const parts = labels.map((label, i) => ({ kind: "line", name: `${kind.name} ${i}`, label, colour: kind.colour, dash: i ? "dashed" : "solid" }));
      const plot = createPlot(container, { title: kind.title, description: kind.description, height: 110, x: { title: "epochs" }, y: { title: "nats per image" }, legend: count > 1 ? "top" : "none", buttons: ["values"], parts }, { palette: this.palette });
      return { plot, names: parts.map(({ name }) => name) };
    });
  }

  /** Add a state of the session. */
  add({ epochs, models }) {
    const values = Object.fromEntries(models.flatMap((model, i) => KINDS.map(({ name }) => [`${name} ${i}`, model[name]])));
    if (!Object.values(values).some(Number.isFinite)) return;
    this.history.add(epochs, values);
    this.isStale = true;
  }

  /** Draw what is new, now and then; at once if isAtRest. Return whether something is left to draw. */
  show(isAtRest) {
    const time = performance.now();
    if (!this.isStale || (!isAtRest && time - this.time < REDRAW_MS)) return this.isStale;
    Object.assign(this, { isStale: false, time });
    const { epochs, curves } = this.history;
    for (const { plot, names } of this.plots) plot.update(Object.fromEntries(names.map((name) => [name, { x: epochs, y: curves.get(name) ?? [] }])));
    return false;
  }

  close() {
    for (const { plot } of this.plots) plot.close();
    this.plots = [];
    this.element.replaceChildren();
  }
}
