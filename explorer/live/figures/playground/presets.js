// Presets: settings that show one idea each, with what to do and what to watch.

import { createElement } from "../../view/dom.js";

/** presets: [{ name, title, text, settings }]. Return { element, show(name): of the chosen one, or "" }. */
export function createPresets(presets, onChoose) {
  const buttons = new Map(presets.map((preset) => [preset.name, createElement("button", { "aria-pressed": "false", "data-testid": `preset-${preset.name}`, onclick: () => onChoose(preset) }, preset.title)]));
  const texts = new Map(presets.map(({ name, text }) => [name, text])), note = createElement("p.preset-text", { "aria-live": "polite" });
  return {
    element: createElement("div.presets", {}, createElement("div.buttons", { role: "group", "aria-label": "Experiments" }, ...buttons.values()), note),
    show(chosen) {
      const text = texts.get(chosen) ?? "Press Play, and change any setting while the model learns, or choose an experiment.";
      if (note.textContent === text) return;
      note.textContent = text;
      for (const [name, button] of buttons) button.setAttribute("aria-pressed", String(name === chosen));
    },
  };
}
