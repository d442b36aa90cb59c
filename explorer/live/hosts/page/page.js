// A figure in one HTML file, without a server: its blocks lie in the page, and its state in the hash of the address.

import { decodeBase64 } from "../../core/base64.js";
import { parseBlock } from "../../core/block.js";
import { addLaterBlocks, loadTree } from "../../core/block_tree.js";
import { UserFacingError } from "../../core/errors.js";
import { StateTable } from "../../core/state.js";
import { showFault } from "../../view/fault.js";

/** Return the block of an element of the page: base64 of bytes, or of their gzip. */
async function readBlock(id) {
  const { textContent, dataset } = document.getElementById(id), bytes = decodeBase64(textContent);
  if (dataset.encoding !== "gzip") return parseBlock(bytes);
  if (!globalThis.DecompressionStream) throw new UserFacingError("This browser can't unpack the data of this page. Open it in a newer one.");
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return parseBlock(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** Return whether this is a file in a frame, where a sandbox forbids to change the address, which nobody sees. */
const isFramedFile = () => location.protocol === "file:" && window !== window.top;

async function openFigure(FigureClass, root, note, showError) {
  const { fields, state: initialState, blocks, later, options, palette } = JSON.parse(document.getElementById("figure").textContent);
  const table = new StateTable(fields);
  let { values } = initialState, writtenHash = null;

  const send = (type, message) => {
    if (type !== "commit") return;
    values = { ...values, ...message.values };
    if (isFramedFile()) return;
    location.hash = writtenHash = `#${table.writeHash(values)}`;
  };
  /** Show what the hash says; what else belongs to the initial state, only where the hash says nothing. */
  const readHash = () => {
    const { values: moved, invalidNames } = table.readHash(location.hash), isMoved = Object.keys(moved).length > 0;
    note.textContent = invalidNames.length ? `Part of this address is invalid: its ${invalidNames.join(", its ")}.` : "";
    values = table.check({ ...values, ...moved });
    figure.applyState(isMoved ? { values } : { ...initialState, values }, true);
  };

  const figure = new FigureClass(root, await loadTree(blocks, readBlock), { table, options, palette, send, showError });
  readHash();
  addEventListener("hashchange", () => {
    if (location.hash === writtenHash) return;
    try {
      readHash();
    } catch (error) {
      showError(error);
    }
  });
  await addLaterBlocks(figure, later, readBlock);
}

/** Open the figure of the page; called by the page itself. */
export function openPage(FigureClass) {
  const root = document.getElementById("root"), showError = (error) => showFault(root, error);
  openFigure(FigureClass, root, document.getElementById("note"), showError).catch(showError);
}
