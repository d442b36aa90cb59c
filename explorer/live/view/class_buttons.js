// Buttons that choose a class, such as the one that a conditional model decodes: a group of radio buttons.

import { arrowStep } from "../core/arrow_keys.js";
import { createElement } from "./dom.js";

export class ClassButtons {
  /** classes: [{ name, colour }]; onChoose(number): another class is chosen; onCommit(): the hand or the key has let go; label: what
   * the class is for; action: what choosing it does. */
  constructor(classes, { onChoose, onCommit, label = "Class to decode", action = "Decode z with this class" }) {
    this.classes = classes;
    this.buttons = classes.map(({ name, colour }, number) => {
      const dot = createElement("i.dot", { "aria-hidden": "true" });
      dot.style.background = colour;
      const choose = () => { if (number !== this.number) onChoose(number); onCommit(); };
      return createElement("button", { role: "radio", "aria-checked": "false", tabIndex: -1, onclick: choose }, dot, name);
    });
    const title = `${action}. Arrow keys choose the one before or after, the keys 0 to 9 the first ten.`;
    this.element = createElement("div.classes", { role: "radiogroup", "aria-label": label, title, "data-testid": "class-buttons" }, createElement("span", { "aria-hidden": "true" }, "Class"), ...this.buttons);
    this.element.onkeydown = (event) => {
      const number = this.numberOf(event);
      if (number === null) return;
      event.preventDefault();
      if (number !== this.number) onChoose(number);
      this.show(number);
      this.buttons[number].focus();
    };
    this.element.onkeyup = (event) => this.numberOf(event) !== null && onCommit();
  }

  /** Return the number of the class that a key asks for, or null. */
  numberOf(event) {
    const { key, ctrlKey, metaKey, altKey } = event, count = this.classes.length;
    if (ctrlKey || metaKey || altKey) return null;
    if (/^\d$/.test(key)) return Number(key) < count ? Number(key) : null;
    const step = arrowStep({ key });
    return step && (this.number + step[0] - step[1] + count) % count;
  }

  /** Show which class is chosen. */
  show(number) {
    if (number === this.number) return;
    this.number = number;
    this.buttons.forEach((button, i) => {
      button.setAttribute("aria-checked", String(i === number));
      button.tabIndex = i === number ? 0 : -1;
    });
  }
}
