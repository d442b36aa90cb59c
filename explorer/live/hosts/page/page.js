// A figure in a page without a server: its blocks lie in the page, and its state in the hash of the address.

import { decodeBase64 } from "../../core/base64.js";
import { parseBlock } from "../../core/block.js";
import { addLaterBlocks, loadTree } from "../../core/block_tree.js";
import { UserFacingError } from "../../core/errors.js";
import { StateTable } from "../../core/state.js";
import { showFault } from "../../view/fault.js";
import { releaseKeyboardOnEscape } from "../escape.js";
import { unpackGzip } from "../unpack.js";

/** Return the block of the element of the page with this id. */
export async function readElement(id) {
  const { textContent, dataset } = document.getElementById(id), bytes = decodeBase64(textContent);
  return dataset.encoding === "gzip" ? unpackGzip(bytes) : parseBlock(bytes);
}

/** Return whether the hash leads to a part of the page, as the link that skips the navigation does, and says no state. */
const isAnchor = (hash) => Boolean(document.getElementById(hash.slice(1)));

/** Return whether this is a file in a frame, where a sandbox forbids to change the address, which nobody sees. */
const isFramedFile = () => location.protocol === "file:" && window !== window.top;

async function openFigure(FigureClass, readBlock, root, note, showError) {
  const { fields, state: initialState, blocks, later, options, palette } = JSON.parse(document.getElementById("figure").textContent);
  const table = new StateTable(fields), defaults = Object.fromEntries(fields.map((field) => [field.name, field.default]));
  const initialValues = { ...defaults, ...initialState.values };
  let values = initialValues, writtenHash = null;

  const send = (type, message) => {
    if (type !== "commit") return;
    values = { ...values, ...message.values };
    if (isFramedFile()) return;
    location.hash = writtenHash = `#${table.writeHash(values)}`;
  };
  /** Show what the hash says; what it does not say is as at first. */
  const readHash = () => {
    const { values: moved, invalidNames } = table.readHash(isAnchor(location.hash) ? "" : location.hash), isMoved = Object.keys(moved).length > 0;
    note.textContent = invalidNames.length ? `Part of this address is invalid: its ${invalidNames.join(", its ")}.` : "";
    values = table.check({ ...initialValues, ...moved });
    figure.applyState(isMoved ? { values } : { ...initialState, values }, true);
  };

  const figure = new FigureClass(root, await loadTree(blocks, readBlock), { table, options, palette, send, showError });
  readHash();
  addEventListener("hashchange", () => {
    if (location.hash === writtenHash || isAnchor(location.hash)) return;
    writtenHash = null;
    try {
      readHash();
    } catch (error) {
      showError(error);
    }
  });
  await addLaterBlocks(figure, later, readBlock).catch((error) => {
    if (!(error instanceof UserFacingError)) throw error;
    note.textContent = error.message; // the figure works without
  });
}

/** Open the figure of the page; called by the page itself. readBlock: returns a promise of a block by its name in the page. */
export function openPage(FigureClass, readBlock = readElement) {
  const root = document.getElementById("root"), showError = (error) => showFault(root, error);
  document.documentElement.classList.toggle("framed", window.parent !== window);
  releaseKeyboardOnEscape();
  openFigure(FigureClass, readBlock, root, document.getElementById("note"), showError).catch(showError);
}
