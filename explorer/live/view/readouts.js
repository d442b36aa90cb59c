// Measured values of a run beside its map, interpolated between the frames of a film.

import { formatNumber } from "../core/format.js";
import { findInterval } from "../core/interval.js";
import { createElement, setText } from "./dom.js";

export class Readouts {
  /** readouts: [[name, [measurement at each frame], digits, unit, [95% interval or null at each frame]]], the last one optional;
   * frameValues: the values of the frames on the film's axis. */
  constructor(readouts, frameValues) {
    this.frameValues = frameValues;
    this.rows = readouts.map(([name, ...format]) => ({ format, output: createElement("b"), name }));
    this.element = createElement("p.figures", {}, ...this.rows.map(({ name, output }) => createElement("span", {}, `${name} `, output)));
  }

  show(filmPosition) {
    const [i, fraction] = findInterval(this.frameValues, filmPosition);
    const interpolate = (measurements) => measurements[i] + fraction * ((fraction ? measurements[i + 1] : measurements[i]) - measurements[i]);
    const isMissing = (measurements) => measurements[i] === null || (fraction > 0 && measurements[i + 1] === null);
    for (const { format: [measurements, digits, unit, interval], output } of this.rows) {
      let text = isMissing(measurements) ? "not measured" : formatNumber(interpolate(measurements), digits) + unit;
      if (interval && !isMissing(interval))
        text += ` (${[0, 1].map((end) => formatNumber(interpolate(interval.map((ends) => ends?.[end])), digits)).join(" to ")}${unit})`;
      setText(output, text);
    }
  }
}
