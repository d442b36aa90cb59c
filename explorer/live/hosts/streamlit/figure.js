// A live figure as a Streamlit component. It opens as soon as its blocks have arrived; some may come later.

import { RELOAD_ADVICE } from "../../core/errors.js";
import { addLaterBlocks, loadTree } from "../../core/block_tree.js";
import { StateTable } from "../../core/state.js";
import { createElement } from "../../view/dom.js";
import { showFault } from "../../view/fault.js";
import { nextNumber } from "../message_number.js";
import { loadBlock } from "./blocks.js";
import { closeSoon, keepOpen } from "./closing.js";

const MOVED = "live-figure-moved"; // an event of the document
const SLOW_MS = 30_000; // after this time the visitor is told that it takes long

/**
 * Open a figure in root. content: { blocks, later: trees of addresses, fields, options }; key: of the visitor, for private
 * blocks; setStateValue(type, message): to Python, because a trigger value would drop a pending one of another type; previous: an open
 * figure that these blocks continue. Return { applyState(state), close(): close the figure, detach(): stop updating it and return it }.
 */
function openFigure(FigureClass, palette, root, { content, key }, setStateValue, previous) {
  const { blocks, later, fields, options } = content, table = new StateTable(fields);
  let figure = null, state = null, lastCommit = 0, isCurrent = true, isClosed = false;
  root.classList.toggle("lecture", Boolean(options.is_lecture));
  const load = (address) => loadBlock(address, key, () => isCurrent && setStateValue("missing_blocks", { number: nextNumber() }));
  const broadcast = (values, number) => document.dispatchEvent(new CustomEvent(MOVED, { detail: { root, values, number } })); // number: of a commit
  const follow = ({ detail }) => {
    const isShown = detail.root !== root && figure?.follow?.(detail.values, detail.number !== undefined);
    if (isShown) lastCommit = detail.number ?? lastCommit;
  };
  document.addEventListener(MOVED, follow);
  const detach = () => {
    clearTimeout(timer);
    document.removeEventListener(MOVED, follow);
    isCurrent = false;
    return figure ?? previous;
  };
  const close = () => {
    isClosed = true;
    detach()?.close();
    figure = null;
  };
  const showError = (error) => {
    if (!isCurrent) return;
    close();
    showFault(root, error, RELOAD_ADVICE);
  };
  const send = (type, message) => {
    if (isClosed || (type === "commit" && !fields.length)) return null; // its state stays in the browser
    const number = nextNumber();
    if (type === "commit") {
      lastCommit = number;
      broadcast(message.values, number);
    }
    setStateValue(type, { number, ...message });
    return number;
  };
  const applyState = (newState) => {
    state = newState;
    try {
      state.values = table.check(state.values);
      figure?.applyState(state, state.last_message >= lastCommit);
    } catch (error) {
      showError(error);
    }
  };
  const open = async () => {
    const loaded = await loadTree(blocks, load);
    if (!isCurrent) return;
    if (previous) (figure = previous).continueWith(loaded, options);
    else figure = new FigureClass(root, loaded, { table, options, palette, send, broadcast: (values) => broadcast(values), showError });
    clearTimeout(timer);
    applyState(state);
    await addLaterBlocks(figure, later, load, () => isCurrent);
  };

  const loading = createElement("p.loading", { role: "status" }, "Loading…");
  if (!root.firstChild) root.append(loading); // otherwise the previous content stays until the new one is ready
  const timer = setTimeout(() => (loading.textContent = "Still loading: the connection is slow, or the server is busy."), SLOW_MS);
  open().catch(showError);
  return { applyState, close, detach };
}

/** Return what Streamlit calls for a figure of this class. palette: of its plots. */
export function createComponent(FigureClass, palette) {
  const openFigures = new WeakMap(); // root -> { content, state: as JSON, figure }
  return ({ data: [data], parentElement, setStateValue }) => {
    let root = parentElement.querySelector(".live-root");
    if (!root) parentElement.append((root = createElement("div.live-root")));
    const content = JSON.stringify(data.content), state = JSON.stringify(data.state);
    keepOpen(root);
    let open = openFigures.get(root);
    if (open?.content !== content) {
      const previous = open && (FigureClass.prototype.continueWith ? open.figure.detach() : open.figure.close());
      openFigures.set(root, (open = { content, figure: openFigure(FigureClass, palette, root, data, setStateValue, previous) }));
    }
    if (open.state !== state) open.figure.applyState(data.state);
    open.state = state;
    return closeSoon(root, () => {
      openFigures.get(root)?.figure.close();
      openFigures.delete(root);
    });
  };
}
