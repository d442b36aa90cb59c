// A slider for each latent dimension, sorted by rate (for an AE, by spread). The first ones are visible, the others are folded.

import { arrowStep, stepWithinRange } from "../core/arrow_keys.js";
import { formatNumber, subscript } from "../core/format.js";
import { createElement } from "./dom.js";

const UNFOLDED_SLIDERS = 4;
const RESET_KEYS = ["Home", "Delete", "Backspace", "0"];

export class Sliders {
  /** The first argument is the metadata of a map; origin [D]; callbacks: { getValue(index), onMove(index, value), onCommit() } */
  constructor({ dimensions, has_prior, rates_suffix }, origin, callbacks) {
    this.ratesSuffix = rates_suffix;
    this.unit = has_prior ? " σ" : "";
    const importance = (dimension) => (has_prior ? dimension.rate : dimension.sd), maxImportance = Math.max(...dimensions.map(importance));
    this.rows = dimensions.map((dimension) => this.createRow(dimension, origin[dimension.index], callbacks, maxImportance > 0 ? importance(dimension) / maxImportance : 0));
    const rows = this.rows.map(({ element }) => element);
    const foldedRows = rows.slice(UNFOLDED_SLIDERS), noun = `dimension${foldedRows.length > 1 ? "s" : ""}`;
    this.element = createElement("div.sliders", {}, ...rows.slice(0, UNFOLDED_SLIDERS), foldedRows.length === 0 ? null :
      createElement("details", { ontoggle: () => this.show(this.z, true) }, createElement("summary", {}, has_prior ? `${foldedRows.length} low-rate ${noun}` : `${foldedRows.length} ${noun} of smaller spread`), createElement("div.quieter", {}, ...foldedRows)));
    this.details = this.element.querySelector("details");
  }

  createRow(dimension, origin, callbacks, relativeImportance) {
    const name = `z${subscript(dimension.index)}`, { unit } = this;
    const description = dimension.collapsed ? "inactive" : unit ? `${formatNumber(dimension.rate, 2)} nats${this.ratesSuffix}` : `spread ±${formatNumber(dimension.sd, 2)}`;
    const input = createElement("input", { type: "range", min: dimension.low, max: dimension.high, step: 0.01, "data-testid": `z-${dimension.index}`,
      "aria-label": `${name}, ${description}`, title: "Double-click, Home or Delete: reset" });
    const output = createElement("output");
    const move = (value) => callbacks.onMove(dimension.index, value);
    input.oninput = () => move(Number(input.value));
    input.onchange = callbacks.onCommit;
    input.ondblclick = () => { move(origin); callbacks.onCommit(); };
    let movedByKey = false;
    input.onkeydown = (event) => {
      const step = arrowStep(event);
      if (event.ctrlKey || event.metaKey || event.altKey || !(step || RESET_KEYS.includes(event.key))) return;
      event.preventDefault();
      event.stopPropagation();
      movedByKey = true;
      move(step ? stepWithinRange(callbacks.getValue(dimension.index), (step[0] + step[1]) * dimension.step, dimension) : origin);
    };
    input.onkeyup = input.onblur = () => { if (movedByKey) callbacks.onCommit(); movedByKey = false; };
    const rateBar = createElement("i.bar", { "aria-hidden": "true" });
    rateBar.style.width = `${100 * relativeImportance}%`;
    const element = createElement(`div.row${dimension.collapsed ? ".collapsed" : ""}`, {},
      createElement("b", {}, name), input, output,
      createElement("span.low", {}, formatNumber(dimension.low, 1) + unit), createElement("span.says", {}, createElement("span.rate", {}, rateBar), description), createElement("span.high", {}, formatNumber(dimension.high, 1) + unit));
    return { index: dimension.index, element, input, output, value: null };
  }

  /** Update the sliders to z; folded ones are updated only when they are unfolded. force: update also those that did not change. */
  show(z, force = false) {
    this.z = z;
    this.rows.forEach((row, i) => {
      const value = z[row.index];
      const unchanged = row.value === value && !force;
      row.value = value;
      if (unchanged || (i >= UNFOLDED_SLIDERS && !this.details.open)) return;
      row.input.value = value;
      row.output.textContent = formatNumber(value, 2);
      row.input.setAttribute("aria-valuetext", formatNumber(value, 2) + this.unit);
    });
  }
}
