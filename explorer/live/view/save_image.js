// Saving a picture as a PNG file with a caption below it.

import { createElement } from "./dom.js";

const CAPTION_FONT_SIZE = 13; // px
const CAPTION_PADDING = 6; // px
const MIN_CAPTION_WIDTH = 360; // px
export const CANVAS_PROTECTED_MESSAGE = "This browser changes the pixels of saved pictures, to protect your privacy. Allow this site to read canvas data, or take a screenshot.";

/** Return whether the pixels of a canvas are read back as they were written. */
export function canvasReadsBack() {
  const size = 16, imageData = new ImageData(size, size), ctx = createElement("canvas", { width: size, height: size }).getContext("2d", { willReadFrequently: true });
  for (let i = 0; i < imageData.data.length; i++) imageData.data[i] = i % 4 === 3 ? 255 : (37 * i) & 255;
  ctx.putImageData(imageData, 0, 0);
  return ctx.getImageData(0, 0, size, size).data.every((value, i) => value === imageData.data[i]);
}

/** Save a file, as a link to it would. */
export function saveBlob(blob, filename) {
  const link = createElement("a", { href: URL.createObjectURL(blob), download: filename });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Return a button that saves the canvas that drawPicture() returns. */
export function createSaveButton(name, title, drawPicture) {
  const warning = createElement("span", { role: "alert" });
  const button = createElement("button.save", { title, onclick: () => {
    warning.textContent = canvasReadsBack() ? "" : CANVAS_PROTECTED_MESSAGE;
    if (warning.textContent) return button.after(warning);
    warning.remove();
    drawPicture().toBlob((blob) => saveBlob(blob, `${name}.png`));
  } }, "Save PNG");
  return button;
}

/** Return a canvas with a picture and the text below it; theme: { text, background }; scale: of the caption. */
export function addCaption(picture, text, theme, scale = 1) {
  const width = Math.max(picture.width, Math.round(MIN_CAPTION_WIDTH * scale)), padding = CAPTION_PADDING * scale, lineHeight = 1.4 * CAPTION_FONT_SIZE * scale;
  const output = createElement("canvas", { width, height: picture.height }), ctx = output.getContext("2d"), font = `${CAPTION_FONT_SIZE * scale}px sans-serif`;
  ctx.font = font;
  const lines = wrapText(ctx, text, width - 2 * padding);
  output.height = Math.round(picture.height + lines.length * lineHeight + 2 * padding);
  ctx.fillStyle = theme.background;
  ctx.fillRect(0, 0, output.width, output.height);
  ctx.drawImage(picture, 0, 0);
  Object.assign(ctx, { font, fillStyle: theme.text, textBaseline: "top" });
  lines.forEach((line, i) => ctx.fillText(line, padding, picture.height + padding + i * lineHeight));
  return output;
}

/** Return the text as lines that are at most so wide (px). */
function wrapText(ctx, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const candidate = [lines.at(-1), word].filter(Boolean).join(" ");
    if (lines.at(-1) && ctx.measureText(candidate).width > width) lines.push(word);
    else lines[lines.length - 1] = candidate;
  }
  return lines;
}
