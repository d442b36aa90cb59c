// The Streamlit component. A pad opens as soon as its blocks have arrived; its images may come later.

import { RELOAD_ADVICE, UserFacingError } from "../../core/errors.js";
import { StateTable } from "../../core/state.js";
import { Pad } from "../../figures/pad/pad.js";
import { toValues } from "../../figures/pad/state.js";
import { Replay } from "../../figures/replay.js";
import { createElement } from "../../view/dom.js";
import { loadBlock } from "./blocks.js";
import { closeSoon, keepOpen } from "./closing.js";

const SLOW_MS = 30_000; // after this time the visitor is told that it takes long

/** Return [class, its blocks] of what a content describes; load(address) returns a promise of a block. */
async function loadFigure({ sides, classifier, replay }, load) {
  const loadAll = async (addresses) => Object.fromEntries(await Promise.all(Object.entries(addresses).map(async ([name, address]) => [name, address && (await load(address))])));
  if (replay) return [Replay, await loadAll(replay)];
  const [others, ...loadedSides] = await Promise.all([loadAll({ classifier }), ...sides.map(loadAll)]);
  return [Pad, { sides: loadedSides, ...others }];
}

/**
 * Open the pad of a content: the addresses of its blocks. key: of the visitor, for private blocks; send(type, message): to Python, as
 * Streamlit state values, because a trigger value would drop a pending one of another type; previous: a replay that these blocks
 * continue. Return { applyState(state), close(): close the pad, detach(): stop updating the pad and return it, still open }.
 */
function openPad(root, { content, key }, send, previous) {
  const table = content.fields && new StateTable(content.fields); // a replay has none: its state stays in the browser
  let pad = null, state = null, isCurrent = true;
  const load = (address) => loadBlock(address, key, () => isCurrent && send("missing_blocks", { number: Date.now() }));
  const detach = () => {
    clearTimeout(timer);
    isCurrent = false;
    return pad ?? previous;
  };
  const close = () => {
    detach()?.close();
    pad = null;
  };
  const showError = (error) => {
    if (!isCurrent) return;
    close();
    console.warn(error);
    const message = error instanceof UserFacingError ? error.message : `The latent pad can't be shown in this browser (${error.message}). ${RELOAD_ADVICE}`;
    root.replaceChildren(createElement("p.fault", { role: "alert" }, message));
  };
  const open = async () => {
    const [PadClass, blocks] = await loadFigure(content, load);
    if (!isCurrent) return;
    pad = previous ? previous.continueWith(blocks) : new PadClass(root, blocks, content.replay ? () => {} : send, showError); // a replay has no state on the server
    clearTimeout(timer);
    applyState(state);
    if (!content.images) return;
    const { metadata, tensors } = await load(content.images);
    const sheet = await createImageBitmap(new Blob([tensors().sheet.data]));
    if (isCurrent) pad.originals.setSheet(sheet, metadata);
  };
  const applyState = (newState) => {
    state = newState;
    try {
      if (table) table.check(toValues(table, state));
      pad?.applyServerState(state);
    } catch (error) {
      showError(error);
    }
  };

  const loading = createElement("p.loading", { role: "status" }, "Loading the map…");
  if (!root.firstChild) root.append(loading); // otherwise the previous content stays until the new one is ready
  const timer = setTimeout(() => (loading.textContent = "Still loading the map: the connection is slow, or the server is busy."), SLOW_MS);
  open().catch(showError);
  return { applyState, close, detach };
}

const openPads = new WeakMap(); // root -> { content, state: as JSON, pad }

export default function ({ data: [data], parentElement, setStateValue }) {
  let root = parentElement.querySelector(".pad-root");
  if (!root) parentElement.append((root = createElement("div.pad-root")));
  root.classList.toggle("compact", Boolean(data.content.compact));
  const content = JSON.stringify(data.content), state = JSON.stringify(data.state);
  keepOpen(root);
  let open = openPads.get(root);
  if (open?.content !== content) {
    const previous = open && (data.content.replay ? open.pad.detach() : open.pad.close());
    openPads.set(root, (open = { content, pad: openPad(root, data, setStateValue, previous) }));
  }
  if (open.state !== state) open.pad.applyState(data.state);
  open.state = state;
  return closeSoon(root, () => {
    openPads.get(root)?.pad.close();
    openPads.delete(root);
  });
}
