// Classes to switch on and off.

/** hidden: the set of hidden classes, which a click changes: one class, or with a double click all others. */
export function legend(classes, hidden, changed) {
  const buttons = classes.map(({ name, colour }, c) => {
    const dot = element("i.dot", { "aria-hidden": "true" });
    dot.style.background = colour;
    return element("button", { "aria-pressed": "true", title: "Click: hide or show this class. Double-click: show this class only.",
      onclick: () => change(() => hidden.delete(c) || hidden.add(c)), ondblclick: () => change(() => alone(c)) }, dot, name);
  });
  const alone = (c) => {
    const already = hidden.size === classes.length - 1 && !hidden.has(c);
    hidden.clear();
    if (!already) classes.forEach((_, other) => other !== c && hidden.add(other));
  };
  const change = (act) => {
    act();
    buttons.forEach((button, c) => button.setAttribute("aria-pressed", String(!hidden.has(c))));
    changed();
  };
  return element("div.legend", { role: "group", "aria-label": "Classes" }, ...buttons);
}
