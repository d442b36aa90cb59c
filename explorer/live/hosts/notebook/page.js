// Widgets in a page that nbconvert has written with their state: opened without a kernel, and without the scripts that Jupyter
// would load from the network. In a running notebook there is no such state, and nothing happens.

import { decodeBase64 } from "../../core/base64.js";

const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
const FAULT = "This figure is computed by Python. Open its notebook to move it.";

/** Return a model of anywidget without a kernel, of what the page says of it: views of the same model share it. */
function createModel({ state, buffers = [] }) {
  const listeners = new Map();
  for (const { path: [trait, name], data } of buffers) state[trait] = { ...state[trait], [name]: new DataView(decodeBase64(data).buffer) };
  const tell = (type, message) => [...(listeners.get(type) ?? [])].forEach((listener) => listener(message));
  return {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
      tell(`change:${name}`);
    },
    save_changes: () => {},
    send: ({ number }) => queueMicrotask(() => tell("msg:custom", { number, fault: FAULT })),
    on: (type, listener) => listeners.set(type, [...(listeners.get(type) ?? []), listener]),
    off: (type, listener) => listeners.set(type, (listeners.get(type) ?? []).filter((other) => other !== listener)),
  };
}

/** Open the widgets of the page, once: each has a script element that calls this. */
function openWidgets() {
  const saved = Object.assign({}, ...[...document.querySelectorAll(STATE)].map(({ textContent }) => JSON.parse(textContent).state)), models = {};
  for (const view of document.querySelectorAll(VIEW)) {
    const { model_id: id } = JSON.parse(view.textContent), el = document.createElement("div");
    if (!saved[id]?.state._content) continue; // of another kind
    view.replaceWith(el); // so that no other script opens it too
    models[id] ??= createModel(saved[id]);
    const address = URL.createObjectURL(new Blob([models[id].get("_esm")], { type: "text/javascript" }));
    import(address).then((module) => module.default.render({ model: models[id], el }));
  }
}

/** Open the widgets of the page when all of it has been read. */
export function openWidgetsWhenRead() {
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", openWidgets);
  else openWidgets();
}
