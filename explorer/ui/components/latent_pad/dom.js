// A little DOM. Text goes in as text, never as markup.

export const OPAQUE = { alpha: false }; // a canvas that is all painted: nothing shines through, so nothing has to be blended

/** element("button.quiet", { onclick }, "Reset"): a tag with classes, its properties (aria-… and data-… as attributes), its children. */
export function element(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split("."), made = document.createElement(tag);
  made.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** pixels [C, H, W] in [0, 1] onto a canvas of that many pixels. */
export function paintImage(canvas, pixels, [channels, height, width]) {
  const image = new ImageData(width, height), { data } = image, size = height * width;
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = Math.round(255 * pixels[(channels === 3 ? c * size : 0) + i]);
    data[4 * i + 3] = 255;
  }
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d", OPAQUE).putImageData(image, 0, 0);
}

const asked = (query) => matchMedia(`(${query})`).matches;

/** Colours and font where an element stands: Streamlit's, the reader's own (forced colours), or those of paper. */
export function themeOf(face) {
  const style = getComputedStyle(face), forced = asked("forced-colors: active");
  return { text: style.color, rgb: style.color.match(/[\d.]+/g).slice(0, 3).map(Number), page: style.backgroundColor, forced, quiet: forced ? style.color : "#8a8f98", font: style.fontFamily };
}

/** Calls paint where a page goes to paper, and where it comes back: at once, for nothing is painted later. Returns what ends it. */
export function onPaper(paint) {
  const paper = matchMedia("print");
  paper.addEventListener("change", paint);
  return () => paper.removeEventListener("change", paint);
}

/** Whether the reader has asked that nothing moves by itself. */
export const keepsStill = () => asked("prefers-reduced-motion: reduce");

export const subscript = (i) => String(i).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

/** Says how far a key moves along a line or plane: [across, up] in steps, or null for other keys. */
export function arrow({ key, shiftKey }) {
  const size = shiftKey ? 5 : 1;
  return { ArrowLeft: [-size, 0], ArrowRight: [size, 0], ArrowDown: [0, -size], ArrowUp: [0, size] }[key] ?? null;
}
