// Helpers for SVG elements that are created once and updated in place.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** Return a new SVG element, for example createSvg("path.plot-line", { d }, child): tag and classes, attributes, children. */
export function createSvg(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split("."), node = document.createElementNS(SVG_NAMESPACE, tag);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  setAttributes(node, attributes);
  node.append(...children);
  return node;
}

/** Set the attributes that have changed. */
export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

/** Show or hide an element. */
export const setVisible = (node, isVisible) => setAttributes(node, { display: isVisible ? "inline" : "none" });
