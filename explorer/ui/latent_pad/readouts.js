// What was measured of a run, beside its map: at a film's present frame, and between two of them.

export class Readouts {
  /** readouts: [[name, [what was measured at each frame], digits, unit]]; values: the frames' on their axis. */
  constructor(readouts, values) {
    this.values = values;
    this.rows = readouts.map(([name, ...how]) => ({ how, value: element("b"), name }));
    this.face = element("p.figures", {}, ...this.rows.map(({ name, value }) => element("span", {}, `${name} `, value)));
  }

  show(u) {
    const [i, t] = between(this.values, u);
    for (const { how: [measured, digits, unit], value } of this.rows) {
      const a = measured[i], b = t ? measured[i + 1] : a;
      value.textContent = a === null || b === null ? "not measured" : number(a + t * (b - a), digits) + unit;
    }
  }
}
