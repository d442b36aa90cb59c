// A film's axis as a slider, and a button that plays it.

const SECONDS = 8; // from end to end

export class FilmControls {
  /** axis: { title, log, readouts }; values: its frames, as the film has them; on.seek(u), on.done() */
  constructor({ title, log, readouts }, values, on) {
    Object.assign(this, { log, on, values, readouts, first: values[0], last: values.at(-1), playing: null });
    this.input = element("input", { type: "range", min: this.first, max: this.last, step: (this.last - this.first) / 1000, "data-testid": "beta",
      "aria-label": title, oninput: () => { this.play(false); on.seek(Number(this.input.value)); }, onchange: on.done });
    this.value = element("output");
    this.button = element("button", { "data-testid": "play", onclick: () => { this.play(!this.playing); if (!this.playing) on.done(); } }, "Play");
    this.figures = element("p.figures");
    this.face = element("div", {}, element("div.film", {}, this.button, element("label", {}, title, this.input), this.value), this.figures);
  }

  /** u in the axis's own unit. */
  inUnit(u) {
    return this.log ? 10 ** u : u;
  }

  fromUnit(value) {
    return this.log ? Math.log10(value) : value;
  }

  show(u) {
    this.u = u;
    this.input.value = u;
    this.value.textContent = String(Number(this.inUnit(u).toPrecision(2)));
    this.input.setAttribute("aria-valuetext", this.value.textContent);
    this.figures.textContent = this.readouts.map((readout) => this.measuredAt(u, ...readout)).join(" · ");
  }

  /** Between two frames, between what was measured at them. */
  measuredAt(u, name, measured, digits, unit) {
    const [i, t] = between(this.values, u), a = measured[i], b = t ? measured[i + 1] : a;
    return `${name} ${a === null || b === null ? "not measured" : number(a + t * (b - a), digits) + unit}`;
  }

  play(on) {
    if (on === Boolean(this.playing)) return;
    this.playing = on ? { since: performance.now(), from: this.u >= this.last ? this.first : this.u } : null;
    this.button.textContent = on ? "Pause" : "Play";
    if (on) this.on.seek(this.playing.from);
  }

  /** Where a playing film is by now; seeks there. */
  advance() {
    if (!this.playing) return;
    const { since, from } = this.playing, passed = (performance.now() - since) / 1000 / SECONDS;
    const u = Math.min(from + (this.last - this.first) * passed, this.last);
    if (u === this.last) this.play(false);
    this.on.seek(u);
    if (u === this.last) this.on.done();
  }
}
