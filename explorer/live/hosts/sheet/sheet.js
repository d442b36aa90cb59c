// Figures on sheets of paper: each is opened once, in the state of its sheet, and replaced by its picture.

import { addLaterBlocks, loadTree } from "../../core/block_tree.js";
import { StateTable } from "../../core/state.js";
import { createElement } from "../../view/dom.js";
import { showFault } from "../../view/fault.js";
import { readElement } from "../page/page.js";

const WIDTHS = [560, 680, 760, 860, 980, 1120]; // px that a figure may be laid out in before it is fitted to the sheet
const REST_FRAMES = 3; // without a change
const MAX_FRAMES = 60;
const SKETCH = "Sketch here what you expect."; // in place of what the question hides
const PRINT_PIXEL_RATIO = 3; // of canvases, because paper is finer than a screen

/** Return a promise of some frames later, when what was requested has been painted. */
async function awaitFrames(count) {
  for (let i = 0; i < count; i++) await new Promise(requestAnimationFrame);
}

/** Return a promise of the time when the height of an element no longer changes. */
async function awaitRest(element) {
  for (let height = -1, same = 0, i = 0; same < REST_FRAMES && i < MAX_FRAMES; i++) {
    await awaitFrames(1);
    same = element.offsetHeight === height ? same + 1 : 0;
    height = element.offsetHeight;
  }
}

/** Return a copy of an element with the pixels of its canvases, which no longer changes. prefix: of its ids, which figures share. */
function copyPicture(element, prefix) {
  const picture = element.cloneNode(true), canvases = element.querySelectorAll("canvas");
  picture.querySelectorAll("canvas").forEach((copy, i) => {
    if (canvases[i].width && canvases[i].height) copy.getContext("2d").drawImage(canvases[i], 0, 0);
  });
  for (const node of picture.querySelectorAll("*"))
    for (const { name, value } of [...node.attributes]) {
      if (name === "id") node.id = prefix + value;
      else if (value.includes("url(#") && name !== "style") node.setAttribute(name, value.replaceAll("url(#", `url(#${prefix}`));
    }
  for (const veil of picture.querySelectorAll(".veil")) veil.textContent = SKETCH;
  picture.inert = true;
  return picture;
}

/** Return the height that a sheet has for its figure (px). The sections of exercises fill what it leaves. */
function findMaxHeight(sheet, box) {
  const limit = parseFloat(getComputedStyle(box).maxHeight), { paddingBottom } = getComputedStyle(sheet);
  const free = sheet.getBoundingClientRect().bottom - parseFloat(paddingBottom) - sheet.querySelector("footer").getBoundingClientRect().bottom + box.offsetHeight - 2; // px of rounding
  return sheet.classList.contains("key") ? Math.min(limit, free) : limit;
}

/** Lay a figure out in each of WIDTHS, and then in the one at which it is largest in its box. Return its scale there. */
async function fitFigure(root, figure, box, maxHeight) {
  const { width: boxWidth } = box.getBoundingClientRect();
  const layOut = async (width) => {
    root.style.width = `${width}px`;
    await awaitRest(figure);
    return Math.min(boxWidth / width, maxHeight / figure.offsetHeight, 1);
  };
  let best = { scale: 0, width: 0 };
  for (const width of WIDTHS) {
    const scale = await layOut(width);
    if (scale > best.scale) best = { scale, width };
  }
  return layOut(best.width);
}

/** Draw the figure of a sheet. */
async function drawSheet(FigureClass, sheet) {
  const box = sheet.querySelector(".picture"), root = createElement("div.live-root"), showError = (error) => showFault(box, error);
  const { fields, state, blocks, later, options, palette } = JSON.parse(sheet.querySelector("script").textContent);
  const table = new StateTable(fields), defaults = Object.fromEntries(fields.map((field) => [field.name, field.default]));
  const values = table.check({ ...defaults, ...state.values });
  box.replaceChildren(root);
  const figure = new FigureClass(root, await loadTree(blocks, readElement), { table, options, palette, send: () => null, showError });
  figure.applyState({ values }, true);
  await addLaterBlocks(figure, later, readElement);
  const drawn = root.querySelector(".lesson-figure"), measured = sheet.querySelector(".measured");
  await awaitRest(drawn);
  if (measured) {
    const { isSolved, status } = figure.checkTask(values);
    measured.textContent = status;
    sheet.classList.toggle("is-solved", isSolved);
  }
  const scale = await fitFigure(root, drawn, box, findMaxHeight(sheet, box)), picture = copyPicture(root, `${sheet.id}-`);
  picture.style.transform = `scale(${scale})`;
  box.style.height = `${Math.ceil(drawn.offsetHeight * scale)}px`;
  figure.close();
  box.replaceChildren(picture);
}

/** Draw all sheets of a figure, called name, after those of the scripts before; called by the page itself. */
export function drawSheets(FigureClass, name) {
  const page = document.documentElement, sheets = [...document.querySelectorAll(`[data-figure="${name}"]`)];
  Object.defineProperty(globalThis, "devicePixelRatio", { value: PRINT_PIXEL_RATIO, configurable: true });
  const draw = async () => {
    for (const sheet of sheets) {
      await drawSheet(FigureClass, sheet).catch((error) => showFault(sheet.querySelector(".picture"), error));
      sheet.classList.add("is-drawn");
    }
    const total = document.querySelectorAll(".sheet").length, done = document.querySelectorAll(".sheet.is-drawn").length;
    document.getElementById("progress").textContent = done < total ? `Drawing the figures: ${done} of ${total}.` : "The figures are drawn. Print this page, or save it as PDF, with the browser's own margins.";
    page.classList.toggle("is-drawn", done === total);
  };
  globalThis.sheetsBefore = (globalThis.sheetsBefore ?? Promise.resolve()).then(draw);
}
