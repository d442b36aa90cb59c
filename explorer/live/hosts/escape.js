// In a frame, on a slide say, Escape gives the keyboard back to the page around it.

const ESCAPE_MESSAGE = { type: "latent-space-explorer:escape" };

/** Return the element that has the focus, also inside shadow roots. */
function findFocusedElement() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

function releaseKeyboard(event) {
  if (event.key !== "Escape") return;
  findFocusedElement()?.blur();
  window.parent.focus();
  window.parent.postMessage(ESCAPE_MESSAGE, "*"); // to a page that takes the focus itself, where its browser does not let a frame give it
}

/** Let Escape move the focus to the page around this one, wherever in this one it is; without a frame it has no effect. */
export function releaseKeyboardOnEscape() {
  if (window.parent !== window) addEventListener("keydown", releaseKeyboard, { capture: true });
}
