// What can't be read from the back row, or lies outside the window, in lecture mode. A figure's canvases tell the sizes of their texts.

const fillText = CanvasRenderingContext2D.prototype.fillText;
const canvasSizes = new Map(); // text -> px, as it was last drawn

CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  if (this.canvas.width) canvasSizes.set(text, parseFloat(/([\d.]+)px/.exec(this.font)[1]));
  return fillText.call(this, text, ...rest);
};

/** Return all elements below a node, also in shadow roots. */
function* listElements(node) {
  for (const element of node.querySelectorAll("*")) {
    yield element;
    if (element.shadowRoot) yield* listElements(element.shadowRoot);
  }
}

/** Return the rectangle of a node that is drawn, or null. */
function findBox(element, node = element) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const { width, height, top, bottom, left, right } = node === element ? element.getBoundingClientRect() : range.getBoundingClientRect();
  const isDrawn = element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && width > 1 && height > 1;
  return isDrawn && right > 0 && bottom > 0 ? { top, bottom, left, right } : null; // the link that skips the navigation is above the window
}

const isText = (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim();

globalThis.lecture = {
  /** Return the texts that are smaller than a size (px), without the scripts of formulas. */
  smallTexts(size) {
    const problems = [...canvasSizes].filter(([, px]) => px < size).map(([text, px]) => `canvas: ${text}: ${px} px`);
    for (const element of listElements(document)) {
      if (element.closest("math") || !(element.closest("svg") ? element.tagName === "text" : true)) continue;
      const px = parseFloat(getComputedStyle(element).fontSize);
      if (px >= size || px === 0) continue;
      for (const node of [...element.childNodes].filter(isText)) if (findBox(element) && findBox(element, node)) problems.push(`${element.tagName}: ${node.textContent}: ${px} px`);
    }
    return problems;
  },

  /** Return what of the figure lies outside the window, and texts outside its width. selectors: of the figure. */
  outside(selectors) {
    const problems = [], { innerWidth, innerHeight } = globalThis;
    const say = (element, { left, right, bottom }) => problems.push(`${element.tagName}.${element.className?.baseVal ?? element.className}: ${Math.round(left)} to ${Math.round(right)}, down to ${Math.round(bottom)}`);
    for (const element of listElements(document)) {
      if (element.closest(".follows, .ring") || (element.closest("svg") && element.tagName !== "text")) continue; // shapes are clipped
      const box = findBox(element);
      if (!box) continue;
      if (box.left < -1 || box.right > innerWidth + 1) say(element, box);
      else if (element.matches(selectors) && (box.bottom > innerHeight + 1 || box.top < -1)) say(element, box);
    }
    return problems;
  },
};
