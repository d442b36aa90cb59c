// One plot of what the KL weight does. It follows the KL weight of a ladder that another figure of the page moves; other models stand still.

import { findInterval } from "../../core/interval.js";
import { createElement, setText } from "../../view/dom.js";
import { FramePainter } from "../../view/frame_painter.js";
import { createPlot } from "../../view/plots/plot.js";
import { createGap, createRateDistortion } from "./ladder_plots.js";
import { createAggregate, createRates } from "./posterior_plots.js";

const CREATE = { rate_distortion: createRateDistortion, gap: createGap, rates: createRates, aggregate: createAggregate };

export class KlWeightPlot {
  /** blocks: { posteriors } of explorer/views/kl_weight_block.py, or {}; options: { kind, betas: of the ladder's film } and what the kind needs.
   * A kind returns { declaration, values: those that stay, show(interval, beta): { values, domains, note } at a KL weight }. */
  constructor(root, { posteriors }, { options, palette, showError }) {
    this.content = CREATE[options.kind](options, posteriors);
    this.positions = options.betas.map(Math.log10);
    this.note = createElement("p.plot-note", { "data-testid": "plot-note" });
    this.element = createElement("div.kl-weight-plot");
    root.replaceChildren(this.element);
    this.plot = createPlot(this.element, this.content.declaration, { palette });
    this.element.append(this.note);
    this.plot.update(this.content.values);
    this.painter = new FramePainter(() => this.paint(), showError);
    this.observer = new IntersectionObserver((entries) => this.setVisible(entries.at(-1).isIntersecting));
    this.observer.observe(this.element);
  }

  /** Catch up with the hand when the plot comes into view: outside it, moving would cost frames of the figure under the hand. */
  setVisible(isVisible) {
    this.isVisible = isVisible;
    if (isVisible) this.painter.request();
  }

  /** Show the KL weight of the page's state, unless it is older than what a hand has moved. */
  applyState({ values: { beta = null } }, isNewest) {
    if (!isNewest || this.isHeld) return;
    this.beta = beta;
    this.painter.request();
  }

  /** Show the KL weight that a hand moves, and return whether there is one. isReleased: whether the hand has let go. */
  follow({ beta }, isReleased) {
    if (beta === undefined || !this.positions.length) return false;
    Object.assign(this, { beta, isHeld: !isReleased });
    if (this.isVisible) this.painter.request();
    return true;
  }

  paint() {
    const { beta, positions } = this, interval = positions.length ? findInterval(positions, Math.log10(beta)) : [0, 0];
    const { values, domains, note } = this.content.show(interval, beta);
    this.plot.update(values, domains);
    setText(this.note, note);
  }

  close() {
    this.observer.disconnect();
    this.painter.close();
    this.plot.close();
  }
}
