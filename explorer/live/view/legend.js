// A legend whose buttons hide and show classes.

import { createElement } from "./dom.js";

/** Return a legend. A click hides or shows a class in the set hiddenClasses; a double click hides all other classes. */
export function createLegend(classes, hiddenClasses, onChange) {
  const buttons = classes.map(({ name, colour }, index) => {
    const dot = createElement("i.dot", { "aria-hidden": "true" });
    dot.style.background = colour;
    return createElement("button", { "aria-pressed": "true", title: "Click: hide or show this class. Double-click: show this class only.",
      onclick: () => update(() => hiddenClasses.delete(index) || hiddenClasses.add(index)), ondblclick: () => update(() => showOnly(index)) }, dot, name);
  });
  const showOnly = (index) => {
    const isOnlyOneShown = hiddenClasses.size === classes.length - 1 && !hiddenClasses.has(index);
    hiddenClasses.clear();
    if (!isOnlyOneShown) classes.forEach((_, other) => other !== index && hiddenClasses.add(other));
  };
  const update = (action) => {
    action();
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(!hiddenClasses.has(index))));
    onChange();
  };
  return createElement("div.legend", { role: "group", "aria-label": "Classes" }, ...buttons);
}
