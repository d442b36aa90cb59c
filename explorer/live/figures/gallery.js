// Images in rows. Each is a button that selects it; some are underlined. Arrow keys move the focus.

import { createElement } from "../view/dom.js";
import { addCaption, createSaveButton } from "../view/save_image.js";

const SAVED_SCALE = 4; // a saved picture has so many px for each px of an image
const PRINT_THEME = { background: "#fff", text: "#222" };
const LABEL_FONT_SIZE = 12; // px of a saved picture
const LABEL_PADDING = 6; // px of a saved picture
const UNDERLINE_HEIGHT = 3; // px of a saved picture

export class Gallery {
  /** blocks: { sheet }, one picture with all images; options: { n_images, columns, image_shape: [C, H, W], row_labels, captions, names,
   * underlined, underline_note, chosen_index, title, caption_suffix, dense, is_clickable }. Sends the index of an image that is clicked. */
  constructor(root, blocks, { table, options, send, showError }) {
    root.classList.add("gallery");
    Object.assign(this, { root, showError, pick: (index) => send("commit", { values: { [table.fields[0].name]: index } }) });
    this.continueWith(blocks, options);
  }

  /** Show other images. The focus stays on the image at the same place. */
  continueWith({ sheet: { tensors } }, options) {
    this.options = options;
    createImageBitmap(new Blob([tensors().sheet.data])).then((sheet) => {
      if (this.options !== options) return; // others have been requested since, or the gallery is closed
      const { root, pick } = this, focusedIndex = [...root.querySelectorAll(".grid button")].indexOf(root.getRootNode().activeElement);
      const focusableIndex = focusedIndex < 0 ? options.chosen_index ?? 0 : Math.min(focusedIndex, options.n_images - 1);
      root.dataset.testid = "gallery";
      root.replaceChildren(...createElements(options, sheet, focusableIndex, pick));
      if (focusedIndex >= 0) root.querySelector('.grid button[tabindex="0"]').focus({ preventScroll: true });
    }).catch(this.showError);
  }

  /** All that a gallery shows stands in its options. */
  applyState() {}

  close() {
    this.options = null;
  }
}

/** Return the elements of a gallery. focusableIndex: the image that Tab reaches; onPick(index): one was clicked. */
function createElements(data, sheet, focusableIndex, onPick) {
  const { n_images: imageCount, columns, image_shape: [, height, width], row_labels: rowLabels, captions, names, underlined, is_clickable: isClickable } = data;
  const drawCell = (canvas, index) => {
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(sheet, ...cellOrigin(index, columns, width, height), width, height, 0, 0, width, height);
    return canvas;
  };
  const accessibleName = (index) => (captions && !names[index].includes(captions[index]) ? `${names[index]}: ${captions[index]}` : names[index]); // the name of a button must contain its visible text
  const cells = Array.from({ length: imageCount }, (_, index) => {
    const button = createElement("button", { title: isClickable ? names[index] : "", tabIndex: index === focusableIndex ? 0 : -1, disabled: !isClickable, onclick: () => onPick(index), "aria-label": accessibleName(index) },
      drawCell(createElement("canvas"), index), captions ? createElement("span", {}, captions[index]) : null);
    button.classList.toggle("underlined", underlined.includes(index));
    if (index === data.chosen_index) button.setAttribute("aria-current", "true");
    button.onkeydown = (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key], target = step && cells[index + step];
      if (!target) return;
      event.preventDefault();
      button.tabIndex = -1;
      target.tabIndex = 0;
      target.focus();
    };
    return button;
  });
  const rowElements = [];
  for (let index = 0; index < imageCount; index += columns) rowElements.push(...(rowLabels ? [createElement("b", {}, rowLabels[index / columns])] : []), ...cells.slice(index, index + columns));
  const grid = createElement(`div.grid${data.dense ? ".dense" : ""}`, { role: "group", "aria-label": data.title }, ...rowElements);
  grid.style.gridTemplateColumns = `${rowLabels ? "max-content " : ""}repeat(${columns}, minmax(0, ${2.2 * width + 60}px))`;
  const saveButton = createSaveButton(data.title, `Save these ${data.noun ?? "image"}s as one captioned picture; each pixel is four times as large`, () => drawAllImages(data, sheet));
  return [grid, createElement("div.foot", {}, createElement("span", {}, data.underline_note && underlined.length ? data.underline_note : ""), saveButton)];
}

/** Return the position [x, y] of an image in a sheet of so many columns. */
const cellOrigin = (index, columns, width, height) => [(index % columns) * width, Math.floor(index / columns) * height];

/** Return a canvas with all images, the labels of their rows, their underlines and captions, above a caption. */
function drawAllImages({ n_images: imageCount, columns, image_shape: [, height, width], row_labels: rowLabels, captions, underlined, underline_note, title, caption_suffix }, sheet) {
  const output = createElement("canvas"), ctx = output.getContext("2d"), font = `${LABEL_FONT_SIZE}px sans-serif`, lineHeight = 1.3 * LABEL_FONT_SIZE;
  ctx.font = font;
  const splitLines = (texts) => (texts ?? []).map((text) => text.split("\n")), rowLabelLines = splitLines(rowLabels), captionLines = splitLines(captions);
  const widestText = (texts) => Math.ceil(Math.max(0, ...texts.flat().map((text) => ctx.measureText(text).width))) + (texts.length ? LABEL_PADDING + 2 : 0);
  const labelWidth = widestText(rowLabelLines), columnWidth = Math.max(SAVED_SCALE * width, widestText(captionLines)), maxCaptionLines = Math.max(0, ...captionLines.map((lines) => lines.length));
  const underlineHeight = underlined.length ? 2 * UNDERLINE_HEIGHT : 0, rowLabelHeight = Math.max(0, ...rowLabelLines.map((lines) => lines.length)) * lineHeight;
  const rowHeight = Math.max(SAVED_SCALE * height + underlineHeight + maxCaptionLines * lineHeight, rowLabelHeight) + (maxCaptionLines || rowLabelHeight ? LABEL_PADDING : 0);
  Object.assign(output, { width: labelWidth + Math.min(imageCount, columns) * columnWidth, height: Math.ceil(Math.ceil(imageCount / columns) * rowHeight) });
  ctx.fillStyle = PRINT_THEME.background;
  ctx.fillRect(0, 0, output.width, output.height);
  Object.assign(ctx, { font, fillStyle: PRINT_THEME.text, textBaseline: "top", imageSmoothingEnabled: false });
  rowLabelLines.forEach((texts, row) => texts.forEach((text, lineIndex) => ctx.fillText(text, 2, row * rowHeight + lineIndex * lineHeight + 2)));
  for (let index = 0; index < imageCount; index++) {
    const [x, y] = cellOrigin(index, columns, columnWidth, rowHeight);
    ctx.drawImage(sheet, ...cellOrigin(index, columns, width, height), width, height, labelWidth + x, y, SAVED_SCALE * width, SAVED_SCALE * height);
    if (underlined.includes(index)) ctx.fillRect(labelWidth + x, y + SAVED_SCALE * height + 1, SAVED_SCALE * width - 1, UNDERLINE_HEIGHT);
    captionLines[index]?.forEach((text, lineIndex) => ctx.fillText(text, labelWidth + x, y + SAVED_SCALE * height + underlineHeight + lineIndex * lineHeight + 2));
  }
  return addCaption(output, [`${title}${caption_suffix ? `: ${caption_suffix}` : ""}`, underlined.length ? underline_note : ""].map((text) => text && text.replace(/\.?$/, ".")).join(" ").trim(), PRINT_THEME);
}
