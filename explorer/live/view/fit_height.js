// A figure that is made as high as the room that it has.

const SIZE_SHARES = [1.6, 1.4, 1.25, 1.1, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
const MIN_SHARE_WITH_TEXT = 0.75; // below this share, the text that follows plots and images may reach further
const DRAWN = ".plot-box, canvas";
const WITH_TEXT = `${DRAWN}, figcaption, .strip-caption, button, p:not(.wide)`;

/** Return how far the elements of a selector, without what may be scrolled to, reach below the top of an element (px). */
function measureBottom(element, selector) {
  const { top } = element.getBoundingClientRect();
  return Math.max(0, ...Array.from(element.querySelectorAll(selector), (child) => (child.closest(".follows") ? { height: 0, bottom: 0 } : child.getBoundingClientRect())).filter(({ height }) => height).map(({ bottom }) => bottom - top));
}

/** Give plots and images of an element the largest share of their usual size with which all of them fit into a height (px). Return
 * a function that says whether they still do. */
export function fitHeight(element, plots, height) {
  const fits = (selector) => measureBottom(element, selector) <= height;
  const tryShares = (selector, lowest) => SIZE_SHARES.some((share) => {
    if (share < lowest) return false;
    element.style.setProperty("--fit", String(share));
    plots.forEach((plot) => plot.setHeightShare(share));
    return fits(selector);
  });
  const selector = tryShares(WITH_TEXT, MIN_SHARE_WITH_TEXT) ? WITH_TEXT : DRAWN;
  if (selector === DRAWN) tryShares(DRAWN, 0);
  return () => fits(selector);
}
