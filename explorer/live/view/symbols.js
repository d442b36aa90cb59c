// The symbols of formulas, and the parts of a figure that stand for them: pointing at one lights all of its name.

/** Give the symbols of formulas inside root their colours, mixed with that of the text, for contrast. colours: by name. */
export function colourSymbols(root, colours) {
  for (const node of root.querySelectorAll("math [data-symbol]")) {
    const colour = colours[node.dataset.symbol];
    if (colour) node.style.color = `color-mix(in srgb, ${colour} 65%, var(--text-color, CanvasText))`;
  }
}

/** Light what has the same data-symbol inside root as what the pointer is over, unless it is pressed. */
export function linkSymbols(root) {
  const light = (symbol) => {
    root.classList.toggle("has-lit-symbol", Boolean(symbol));
    for (const node of root.querySelectorAll("[data-symbol]")) node.classList.toggle("lit-symbol", node.dataset.symbol === symbol);
  };
  root.addEventListener("pointerover", ({ target, buttons }) => light(buttons ? null : target.closest("[data-symbol]")?.dataset.symbol));
  root.addEventListener("pointerdown", () => light(null));
  root.addEventListener("pointerleave", () => light(null));
}
