// When a figure is closed. Streamlit (1.67) may end a component and mount it again at once, in the same element, while reruns
// follow each other quickly. A figure that was opened anew would lose the focus, and the keys that are being pressed.

const CLOSE_DELAY_MS = 500;
const timers = new WeakMap(); // root -> the timer after which its figure is closed

/** Keep the figure of a root open; called when the component is mounted. */
export function keepOpen(root) {
  clearTimeout(timers.get(root));
}

/** Return what Streamlit calls at the end of a component: it closes the figure, unless the component is mounted again soon. */
export function closeSoon(root, close) {
  return () => timers.set(root, setTimeout(close, CLOSE_DELAY_MS));
}
