// A slider that moves z along a direction in latent space.

import { formatNumber } from "../core/format.js";
import { createElement } from "./dom.js";

const MAX_MULTIPLE = 3; // of the direction's length, both ways

export class DirectionSlider {
  /** callbacks: { onMove(z), onCommit() } */
  constructor(callbacks) {
    this.input = createElement("input", { type: "range", min: -MAX_MULTIPLE, max: MAX_MULTIPLE, step: 0.01, "data-testid": "direction" });
    this.valueOutput = createElement("output");
    this.nameElement = createElement("b");
    this.element = createElement("div.direction", { hidden: true }, this.nameElement, this.input, this.valueOutput);
    this.input.oninput = () => this.moveAlong(Number(this.input.value), callbacks);
    this.input.onchange = callbacks.onCommit;
    this.input.ondblclick = () => { this.moveAlong(0, callbacks); callbacks.onCommit(); };
  }

  /** direction: { name, vector [D] }, or null for none. */
  set(direction) {
    Object.assign(this, { vector: direction?.vector, base: null });
    this.element.hidden = !direction;
    this.nameElement.textContent = direction?.name ?? "";
    if (direction) this.input.setAttribute("aria-label", `Along ${direction.name}, in units of the difference of the two means`);
  }

  moveAlong(multiple, callbacks) {
    this.lastZ = this.base.map((v, i) => v + multiple * this.vector[i]);
    callbacks.onMove(this.lastZ);
  }

  /** Update the slider to z. A z that was not reached by this slider becomes its new zero. */
  show(z) {
    if (!this.vector) return;
    if (!this.base || (z !== this.lastZ && z.some((v, i) => v !== this.lastZ?.[i]))) [this.base, this.lastZ, this.input.value] = [z, z, 0];
    const multiple = Number(this.input.value);
    this.valueOutput.textContent = (multiple > 0 ? "+" : "") + formatNumber(multiple, 2);
    this.input.setAttribute("aria-valuetext", this.valueOutput.textContent);
  }
}
