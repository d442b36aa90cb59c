// The axis of a film as a slider with ticks, and a button that plays the film or, under reduced motion, shows the next frame.
// A position is a value on the axis, or its logarithm if the axis is logarithmic.

import { formatRounded } from "../core/format.js";
import { createElement, prefersReducedMotion } from "./dom.js";

const PLAY_SECONDS = 8; // from the first frame to the last

export class FilmControls {
  /** axis: { title, log_axis, ticks, has_step_buttons }; values: positions of the frames; callbacks:
   * { onSeek(position), onCommit() } */
  constructor({ title, log_axis: isLogarithmic, ticks, has_step_buttons }, values, callbacks) {
    Object.assign(this, { title, isLogarithmic, callbacks, playback: null });
    this.input = createElement("input", { type: "range", "data-testid": "beta", "aria-label": title,
      oninput: () => { this.setPlaying(false); callbacks.onSeek(Number(this.input.value)); }, onchange: callbacks.onCommit });
    this.setRange(values);
    this.valueOutput = createElement("output");
    this.button = createElement("button", { "data-testid": "play", onclick: () => { prefersReducedMotion() ? this.showNextFrame() : this.setPlaying(!this.playback); if (!this.playback) callbacks.onCommit(); } }, prefersReducedMotion() ? "Next" : "Play");
    const stepBy = (direction) => () => { this.setPlaying(false); callbacks.onSeek(this.neighbouringFrame(direction)); callbacks.onCommit(); };
    const stepButtons = has_step_buttons ? [createElement("button", { onclick: stepBy(-1), "aria-label": "One frame back" }, "‹"), createElement("button", { onclick: stepBy(1), "aria-label": "One frame forward" }, "›")] : [];
    this.element = createElement("div.film", {}, this.button, ...stepButtons, createElement("label", {}, title), createElement("div.axis", {}, this.input, this.createTicks(ticks)), this.valueOutput);
  }

  /** Set the positions of the frames. */
  setRange(values) {
    Object.assign(this, { values, first: values[0], last: values.at(-1) });
    Object.assign(this.input, { min: this.first, max: this.last, step: (this.last - this.first) / 1000 });
  }

  /** Return a tick at every value, labelled where there is room. */
  createTicks(ticks) {
    let lastLabelled = -Infinity;
    return createElement("div.scale", { "aria-hidden": "true" }, ...ticks.map((value) => {
      const fraction = (this.fromAxisValue(value) - this.first) / (this.last - this.first), isLabelled = fraction - lastLabelled > 0.1;
      if (isLabelled) lastLabelled = fraction;
      const tick = createElement(`i${Number.isInteger(Math.log10(value)) ? ".decade" : ""}`, {}, isLabelled ? String(value).replace(/^0\./, ".") : "");
      tick.style.left = `${100 * fraction}%`;
      return tick;
    }));
  }

  /** Return the position of the next frame (direction 1) or the previous one (-1). */
  neighbouringFrame(direction) {
    const frame = direction > 0 ? this.values.find((value) => value > this.position + 1e-9) : this.values.findLast((value) => value < this.position - 1e-9);
    return frame ?? this.position;
  }

  /** Return the value on the axis at a position. */
  toAxisValue(position) {
    return this.isLogarithmic ? 10 ** position : position;
  }

  fromAxisValue(value) {
    return this.isLogarithmic ? Math.log10(value) : value;
  }

  show(position) {
    this.position = position;
    this.input.value = position;
    this.valueOutput.textContent = formatRounded(this.toAxisValue(position), this.isLogarithmic ? 2 : 3);
    this.input.setAttribute("aria-valuetext", this.valueOutput.textContent);
  }

  /** Go to the next frame, or from the last frame to the first. */
  showNextFrame() {
    this.setPlaying(false);
    this.callbacks.onSeek(this.position >= this.last ? this.first : this.neighbouringFrame(1));
  }

  setPlaying(playing) {
    if (playing === Boolean(this.playback)) return;
    this.playback = playing ? { startTime: performance.now(), startPosition: this.position >= this.last ? this.first : this.position } : null;
    this.button.textContent = playing ? "Pause" : "Play";
    if (playing) this.callbacks.onSeek(this.playback.startPosition);
  }

  /** Move a playing film to where it should be now. */
  advance() {
    if (!this.playback) return;
    const { startTime, startPosition } = this.playback, elapsedShare = (performance.now() - startTime) / 1000 / PLAY_SECONDS;
    const position = Math.min(startPosition + (this.last - this.first) * elapsedShare, this.last);
    if (position === this.last) this.setPlaying(false);
    this.callbacks.onSeek(position);
    if (position === this.last) this.callbacks.onCommit();
  }
}
