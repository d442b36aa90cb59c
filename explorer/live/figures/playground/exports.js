// What exports a trained model: a run as a zip file, the same to Explore, its pad as one HTML file, and a link that trains it again.

import { encodeBase64 } from "../../core/base64.js";
import { writePadPage } from "../../core/playground/pad_page.js";
import { encodeRun } from "../../core/playground/run_files.js";
import { createElement } from "../../view/dom.js";
import { saveBlob } from "../../view/save_image.js";
import { readTestClasses } from "./image_sets.js";

const ZIP_TYPE = "application/zip";
const PAGE_TYPE = "text/html";
const COPIED_MS = 2000;

/** Return { element, show(isTrained), receive(measured), say(text) } of a playground. */
export function createExports(playground) {
  const { options: { version, has_app: hasApp }, blocks } = playground;
  const requests = []; // { index: of the model, send(trained, name) } while the session measures it; it answers in their order
  const request = (index, send) => {
    requests.push({ index, send, hasChanged: playground.hasChanged });
    playground.engine.send({ type: "measure" });
  };
  const button = (text, title, onclick, testId) => createElement("button", { title, onclick, "data-testid": testId }, text);
  const encode = ({ set, measured, epochs, seconds, note }, name) => encodeRun({ name, version, set, measured, epochs, seconds, note });
  const saveRun = (trained, name) => saveBlob(new Blob([encode(trained, name)], { type: ZIP_TYPE }), `${name}.zip`);
  const savePage = async ({ set, measured, note: how }, name) => {
    if (!globalThis.CompressionStream) return void (note.textContent = "This browser can't write the page. Open the playground in a newer one.");
    const html = await writePadPage({ template: blocks.page, set, testClasses: readTestClasses(set), measured, note: how });
    saveBlob(new Blob([html], { type: PAGE_TYPE }), `${name}.html`);
  };
  const openInApp = (trained, name) => {
    note.textContent = "The run is being imported…";
    playground.sentRun = playground.send("run", { name, content: encodeBase64(encode(trained, name)) });
  };
  const createRow = (index) => {
    const end = index ? "-2" : "", page = button("Save as a web page", "One HTML file with the map and the decoder of this model, which opens by double click", () => request(index, savePage), `save-page${end}`);
    const run = button("Save as a run", "A zip file for Library or `python -m explorer import`", () => request(index, saveRun), `save-run${end}`);
    const open = hasApp ? button("Open in Explore", "Import the model as your own run, and explore it with all tools", () => request(index, openInApp), `open-run${end}`) : null;
    const label = createElement("span");
    return { page, label, buttons: [run, page, open].filter(Boolean), element: createElement("div.export", {}, label, createElement("span.buttons", {}, run, page, open)) };
  };
  const rows = [0, 1].map(createRow);
  const note = createElement("span", { role: "status" }), address = createElement("input", { readOnly: true, hidden: true, "aria-label": "Link to these settings" });
  const copy = button("Copy link", "A link to all settings and the seed: it trains this model again. It does not record when settings were changed.", async () => {
    const link = location.href;
    try {
      await navigator.clipboard.writeText(link);
      note.textContent = "Copied.";
      setTimeout(() => (note.textContent = ""), COPIED_MS);
    } catch {
      Object.assign(address, { hidden: false, value: link });
      address.select();
    }
  }, "copy-link");
  return {
    element: createElement("div.exports", {}, ...rows.map(({ element }) => element), createElement("div.export", {}, copy, address, note)),
    show(isTrained) {
      rows.forEach(({ element, label, page, buttons }, i) => {
        const learner = playground.learners[i];
        element.hidden = !learner;
        label.textContent = playground.learners.length > 1 && learner ? learner.title.textContent : "";
        for (const one of buttons) one.disabled = !isTrained || (one === page && !blocks.page);
      });
    },
    say: (text) => (note.textContent = text),
    receive({ models, epochs, seconds }) {
      if (!requests.length) return;
      const { index, send, hasChanged } = requests.shift(), { set } = playground, measured = models[index], { settings } = measured;
      const name = `playground-${set.dataset.replace(/[^a-z0-9]+/gi, "-")}-${settings.model}-${settings.latent_dim}d`;
      const origin = `Trained in a browser for ${epochs.toFixed(1)} epochs on ${set.nTrain.toLocaleString("en")} images${settings.input_noise ? `, with noise of σ = ${settings.input_noise} on them` : ""}${hasChanged ? "; settings were changed during the training" : ""}.`;
      send({ set, measured, epochs, seconds, note: origin }, name);
    },
  };
}
