// A live figure as a widget of a notebook: a front-end module of anywidget. Its blocks and its state are traits of the model.

import { addLaterBlocks, loadTree } from "../../core/block_tree.js";
import { UserFacingError } from "../../core/errors.js";
import { StateTable } from "../../core/state.js";
import { createElement } from "../../view/dom.js";
import { showFault } from "../../view/fault.js";
import { nextNumber } from "../message_number.js";
import { unpackGzip } from "../unpack.js";

const SELECTION_TRAIT = "selection"; // the traits of a pad beside its fields: the clicked point,
const MARKS_TRAIT = "marks"; // and the points that Python marks

/** Return an element in el whose figure neither takes the styles of the notebook nor its keys, and the elements of a note and of the figure. */
function createRoot(el, styles) {
  const host = createElement("div", { "data-lm-suppress-shortcuts": "true" }), note = createElement("p.note", { role: "alert" }), root = createElement("div.live-root");
  host.addEventListener("keydown", (event) => event.stopPropagation()); // in a notebook, letters are commands
  host.attachShadow({ mode: "open" }).append(createElement("style", {}, styles), note, root);
  el.replaceChildren(host);
  return { note, root };
}

/** Open a figure of a model in el, and return a function that closes it. */
function openView(FigureClass, styles, model, el) {
  const { fields, traits, blocks, later, options, palette } = model.get("_content"), { note, root } = createRoot(el, styles);
  const table = new StateTable(fields), requests = new Set(), watched = [...Object.values(traits), SELECTION_TRAIT, MARKS_TRAIT];
  let figure = null, isOpen = true, isStale = false, images = {};

  const load = (name) => {
    const { buffer, byteOffset, byteLength } = model.get("_blocks")[name];
    return unpackGzip(new Uint8Array(buffer, byteOffset, byteLength));
  };
  const close = () => {
    isOpen = false;
    for (const name of watched) model.off(`change:${name}`, showSoon);
    model.off("msg:custom", receive);
    figure?.close();
    figure = null;
  };
  const showError = (error) => {
    if (!isOpen) return;
    close();
    showFault(root, error);
  };
  /** Show the state of the model. */
  const show = () => {
    isStale = false;
    if (!figure) return;
    try {
      const values = table.check(Object.fromEntries(Object.entries(traits).map(([name, trait]) => [name, model.get(trait)])));
      figure.applyState({ values, row: model.get(SELECTION_TRAIT)?.[0] ?? null, marked_rows: model.get(MARKS_TRAIT) ?? [], ...images }, true);
    } catch (error) {
      showError(error);
    }
  };
  /** Show it once when several traits have changed. */
  const showSoon = () => {
    if (!isStale) queueMicrotask(show);
    isStale = true;
  };
  const send = (type, message) => {
    if (!isOpen) return null;
    if (type === "commit") {
      for (const [name, trait] of Object.entries(traits)) if (name in message.values) model.set(trait, message.values[name] ?? null);
      if (model.get(SELECTION_TRAIT)) model.set(SELECTION_TRAIT, message.row == null ? [] : [message.row]);
      return model.save_changes();
    }
    const number = nextNumber();
    requests.add(number);
    model.send({ ...message, type, number });
    return number;
  };
  /** Take an answer of Python, which all views of the model receive: { number, server_images, or fault: a sentence }. */
  const receive = ({ number, server_images, fault = "" }) => {
    if (!requests.delete(number)) return;
    note.textContent = fault;
    if (!server_images) return;
    images = { server_images, last_message: number };
    show();
  };
  const open = async () => {
    const loaded = await loadTree(blocks, load);
    if (!isOpen) return;
    figure = new FigureClass(root, loaded, { table, options, palette, send, showError });
    show();
    await addLaterBlocks(figure, later, load, () => isOpen).catch((error) => {
      if (!(error instanceof UserFacingError)) throw error;
      note.textContent = error.message; // the figure works without
    });
  };

  for (const name of watched) model.on(`change:${name}`, showSoon);
  model.on("msg:custom", receive);
  open().catch(showError);
  return close;
}

/** Return the module of the widgets of a figure. */
export function createWidget(FigureClass, styles) {
  return { render: ({ model, el }) => openView(FigureClass, styles, model, el) };
}
