// A film's axis as a slider with marks, and a button that plays it; for who asked for reduced motion, that shows its next frame.

const SECONDS = 8; // from end to end

export class FilmControls {
  /** axis: { title, log, marks, steps: whether frame by frame, too }; values: its frames, as the film has them; on.seek(u), on.done() */
  constructor({ title, log, marks, steps: steppable }, values, on) {
    Object.assign(this, { title, log, on, playing: null });
    this.input = element("input", { type: "range", "data-testid": "beta", "aria-label": title,
      oninput: () => { this.play(false); on.seek(Number(this.input.value)); }, onchange: on.done });
    this.reach(values);
    this.value = element("output");
    this.button = element("button", { "data-testid": "play", onclick: () => { keepsStill() ? this.step() : this.play(!this.playing); if (!this.playing) on.done(); } }, keepsStill() ? "Next" : "Play");
    const step = (way) => () => { this.play(false); on.seek(this.neighbour(way)); on.done(); };
    const steps = steppable ? [element("button", { onclick: step(-1), "aria-label": "One frame back" }, "‹"), element("button", { onclick: step(1), "aria-label": "One frame forward" }, "›")] : [];
    this.face = element("div.film", {}, this.button, ...steps, element("label", {}, title), element("div.axis", {}, this.input, this.scale(marks)), this.value);
  }

  /** From the first of the frames' values to the last. */
  reach(values) {
    Object.assign(this, { values, first: values[0], last: values.at(-1) });
    Object.assign(this.input, { min: this.first, max: this.last, step: (this.last - this.first) / 1000 });
  }

  /** A tick at every mark, with its value where there is room. */
  scale(marks) {
    let last = -Infinity;
    return element("div.scale", { "aria-hidden": "true" }, ...marks.map((mark) => {
      const share = (this.fromUnit(mark) - this.first) / (this.last - this.first), named = share - last > 0.1;
      if (named) last = share;
      const tick = element(`i${Number.isInteger(Math.log10(mark)) ? ".decade" : ""}`, {}, named ? String(mark).replace(/^0\./, ".") : "");
      tick.style.left = `${100 * share}%`;
      return tick;
    }));
  }

  /** The frame before or after the present place. */
  neighbour(way) {
    const there = way > 0 ? this.values.find((v) => v > this.u + 1e-9) : this.values.findLast((v) => v < this.u - 1e-9);
    return there ?? this.u;
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
    this.value.textContent = String(Number(this.inUnit(u).toPrecision(this.log ? 2 : 3)));
    this.input.setAttribute("aria-valuetext", this.value.textContent);
  }

  /** One frame on; from the last to the first. */
  step() {
    this.play(false);
    this.on.seek(this.u >= this.last ? this.first : this.neighbour(1));
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
