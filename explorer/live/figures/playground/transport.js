// The buttons that run a training, and its status.

import { createElement } from "../../view/dom.js";

export class Transport {
  /** handlers: { onPlay(isPlaying), onStep(isEpoch), onReset(), onSeed() }; speed: the control of the speed. */
  constructor({ onPlay, onStep, onReset, onSeed }, speed) {
    this.isPlaying = false;
    const button = (text, title, onclick, testId) => createElement("button", { title, onclick, "data-testid": testId }, text);
    this.play = button("Play", "Train, or pause", () => onPlay(!this.isPlaying), "play");
    this.play.classList.add("play");
    this.status = createElement("span.training-status", { "data-testid": "training-status" }); // no live region: it changes in every frame
    this.message = createElement("p.training-message", { role: "status" });
    this.element = createElement("div.transport", {}, createElement("div.buttons", {}, this.play,
      button("1 batch", "Train on one batch", () => onStep(false), "step-batch"), button("1 epoch", "Train until the end of this epoch", () => onStep(true), "step-epoch"),
      button("Reset", "Restart with the same seed", onReset, "reset"), button("New seed", "Restart with other initial weights and another order of the images", onSeed, "new-seed")),
    speed, this.status);
  }

  /** state: the last one of the session, or null; seed: of the models; message: a sentence, or "". */
  show(isPlaying, state, seed, message) {
    this.isPlaying = isPlaying;
    const text = isPlaying ? "Pause" : "Play";
    if (this.play.textContent !== text) this.play.textContent = text;
    this.status.textContent = state ? describeState(isPlaying, state, seed) : "";
    if (this.message.textContent !== message) this.message.textContent = message;
  }
}

function describeState(isPlaying, { epochs, step, epochsPerSecond, models }, seed) {
  const speed = isPlaying && epochsPerSecond ? `, ${epochsPerSecond.toFixed(1)} epochs a second` : "";
  const warmed = models.filter(({ isWarming }) => isWarming).map(({ beta }) => Number(beta.toPrecision(2)));
  return `Epoch ${epochs.toFixed(epochs < 10 ? 2 : 1)} (${step.toLocaleString("en")} batches${speed}), seed ${seed}${warmed.length ? `, β now ${warmed.join(" and ")}` : ""}`;
}
