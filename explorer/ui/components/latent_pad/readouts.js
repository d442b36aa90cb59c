// What was measured of a run, beside its map: at a film's present frame, and between two of them.

export class Readouts {
  /** readouts: [[name, [what was measured at each frame], digits, unit, [95% interval or null at each frame]]], the last one optional;
   * values: the frames' on their axis. */
  constructor(readouts, values) {
    this.values = values;
    this.rows = readouts.map(([name, ...how]) => ({ how, value: element("b"), name }));
    this.face = element("p.figures", {}, ...this.rows.map(({ name, value }) => element("span", {}, `${name} `, value)));
  }

  show(u) {
    const [i, t] = between(this.values, u);
    const at = (measured) => measured[i] + t * ((t ? measured[i + 1] : measured[i]) - measured[i]);
    const missing = (measured) => measured[i] === null || (t > 0 && measured[i + 1] === null);
    for (const { how: [measured, digits, unit, interval], value } of this.rows) {
      value.textContent = missing(measured) ? "not measured" : number(at(measured), digits) + unit;
      if (interval && !missing(interval))
        value.textContent += ` (${[0, 1].map((end) => number(at(interval.map((ends) => ends?.[end])), digits)).join(" to ")}${unit})`;
    }
  }
}
