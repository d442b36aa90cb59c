// The Streamlit component. A pad opens as soon as its blocks and its state have arrived; missing blocks are requested from Python.

import { parseBlock } from "../../core/block.js";
import { RELOAD_ADVICE, UserFacingError } from "../../core/errors.js";
import { Pad } from "../../figures/pad/pad.js";
import { Replay } from "../../figures/replay.js";
import { createElement } from "../../view/dom.js";
import { store } from "./store.js";

const MAX_STORE_BYTES = 128 * 2 ** 20; // of blocks, enough for several runs
const BLOCK_TIMEOUT_MS = 30_000; // after this time an announced block is requested again

/** Parse the bytes received into blocks, and delete the least recently used blocks above MAX_STORE_BYTES. */
function parseReceivedBlocks() {
  for (const bytes of store.receivedBytes.splice(0)) {
    const block = parseBlock(bytes);
    store.blocks.delete(block.id);
    store.blocks.set(block.id, block);
  }
  let total = 0;
  for (const [id, { size }] of [...store.blocks].reverse()) if ((total += size) > MAX_STORE_BYTES && total > size) store.blocks.delete(id);
}

/** Return the ids of the blocks that must be there, that of the images, which may come later, and a function that returns
 * [class, its blocks]. */
function planContent({ sides, classifier, images: imagesId, replay }) {
  if (replay) return { requiredIds: Object.values(replay), collectBlocks: (block) => [Replay, { map: block(replay.map), pictures: block(replay.pictures) }] };
  const padBlocks = (block) => ({ sides: sides.map(({ map, decoder }) => ({ map: block(map), decoder: block(decoder) })), classifier: block(classifier) });
  return { requiredIds: [...sides.flatMap(({ map, decoder }) => [map, decoder]), classifier].filter(Boolean), imagesId, collectBlocks: (block) => [Pad, padBlocks(block)] };
}

/**
 * Open the pad that data describes: its key and the ids of its blocks. previous: a replay that these blocks continue. Return
 * { close(): close the pad, detach(): stop updating the pad and return it, still open, to be continued }. Messages are sent as
 * Streamlit state values, because a trigger value would drop a pending one of another type.
 */
function openPad(root, data, send, previous) {
  const { requiredIds, imagesId = null, collectBlocks } = planContent(data), allIds = [...requiredIds, imagesId].filter(Boolean);
  const requestedIds = new Set();
  let pad = null, imagesRequested = false;

  const takeBlock = (id) => {
    const block = store.blocks.get(id) ?? null;
    if (store.blocks.delete(id)) store.blocks.set(id, block); // moved to the end: the most recently used
    return block;
  };
  const requestBlocks = (ids) => {
    ids.forEach((id) => requestedIds.add(id));
    if (ids.length) send("missing_blocks", { number: Date.now(), ids });
  };
  const detach = () => {
    clearTimeout(timer);
    store.removeEventListener("received", update);
    return pad ?? previous;
  };
  const close = () => {
    detach()?.close();
    pad = null;
  };
  const showError = (error) => {
    close();
    console.warn(error);
    const message = error instanceof UserFacingError ? error.message : `The latent pad can't be shown in this browser (${error.message}). ${RELOAD_ADVICE}`;
    root.replaceChildren(createElement("p.fault", { role: "alert" }, message));
  };
  const update = () => {
    try {
      parseReceivedBlocks();
      const state = store.padStates.get(data.key);
      if (!state) return;
      requestBlocks(allIds.filter((id) => !store.blocks.has(id) && !state.announced_blocks.includes(id) && !requestedIds.has(id)));
      if (!pad && requiredIds.every((id) => store.blocks.has(id))) {
        const [PadClass, blocks] = collectBlocks(takeBlock);
        pad = previous ? previous.continueWith(blocks) : new PadClass(root, blocks, send, showError);
      }
      pad?.applyServerState(state);
      if (!pad || imagesRequested || !store.blocks.has(imagesId)) return;
      imagesRequested = true;
      const { metadata, tensors } = takeBlock(imagesId);
      createImageBitmap(new Blob([tensors().sheet.data])).then((sheet) => pad?.originals.setSheet(sheet, metadata), showError);
    } catch (error) {
      showError(error);
    }
  };

  const loading = createElement("p.loading", { role: "status" }, "Loading the map…");
  if (!root.firstChild) root.append(loading); // otherwise the previous content stays until the new one is ready
  store.addEventListener("received", update);
  const timer = setTimeout(() => {
    requestBlocks(allIds.filter((id) => !store.blocks.has(id)));
    loading.textContent = "Still loading the map: the connection is slow, or the server is busy.";
  }, BLOCK_TIMEOUT_MS);
  update();
  return { close, detach };
}

const openPads = new WeakMap(); // root -> { key, pad }

export default function ({ data: [data], parentElement, setStateValue }) {
  let root = parentElement.querySelector(".pad-root");
  if (!root) parentElement.append((root = createElement("div.pad-root")));
  root.classList.toggle("compact", Boolean(data.compact));
  const key = JSON.stringify(data);
  if (openPads.get(root)?.key !== key) {
    const previousPad = openPads.get(root)?.pad, previous = data.replay && previousPad ? previousPad.detach() : previousPad?.close();
    openPads.set(root, { key, pad: openPad(root, data, setStateValue, previous) });
  }
  return () => {
    openPads.get(root)?.pad.close();
    openPads.delete(root);
  };
}
