// Measured values of a run beside its map, interpolated between the frames of a film.

import { formatNumber } from "../core/format.js";
import { findInterval, interpolateMeasured } from "../core/interval.js";
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
    const between = findInterval(this.frameValues, filmPosition);
    for (const { format: [measurements, digits, unit, interval], output } of this.rows) {
      const value = interpolateMeasured(measurements, between), ends = interval ? [0, 1].map((end) => interpolateMeasured(interval.map((pair) => pair && pair[end]), between)) : [null];
      const text = value === null ? "not measured" : formatNumber(value, digits) + unit;
      setText(output, ends.includes(null) ? text : `${text} (${ends.map((end) => formatNumber(end, digits)).join(" to ")}${unit})`);
    }
  }
}
