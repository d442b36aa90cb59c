// What exports a trained model: a run as a zip file, the same to Explore, and a link that trains it again.

import { encodeBase64 } from "../../core/base64.js";
import { encodeRun } from "../../core/playground/run_files.js";
import { createElement } from "../../view/dom.js";
import { saveBlob } from "../../view/save_image.js";

const ZIP_TYPE = "application/zip";
const COPIED_MS = 2000;

/** Return { element, show(isTrained), receive(measured), say(text) } of a playground. */
export function createExports(playground) {
  const { options: { version, has_app: hasApp } } = playground;
  const requests = []; // { index: of the model, send(bytes, name) } while the session measures it; it answers in their order
  const requestRun = (index, send) => {
    requests.push({ index, send, hasChanged: playground.hasChanged });
    playground.engine.send({ type: "measure" });
  };
  const button = (text, title, onclick, testId) => createElement("button", { title, onclick, "data-testid": testId }, text);
  const save = (bytes, name) => saveBlob(new Blob([bytes], { type: ZIP_TYPE }), `${name}.zip`);
  const openInApp = (bytes, name) => {
    note.textContent = "The run is being imported…";
    playground.sentRun = playground.send("run", { name, content: encodeBase64(bytes) });
  };
  const rows = [0, 1].map((index) => createElement("span.buttons", {},
    button("Save as a run", "A zip file for Library or `python -m explorer import`", () => requestRun(index, save), index ? "save-run-2" : "save-run"),
    hasApp ? button("Open in Explore", "Import the model as your own run, and explore it with all tools", () => requestRun(index, openInApp), index ? "open-run-2" : "open-run") : null));
  const labels = rows.map(() => createElement("span"));
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
    element: createElement("div.exports", {}, ...rows.map((row, i) => createElement("div.export", {}, labels[i], row)), createElement("div.export", {}, copy, address, note)),
    show(isTrained) {
      rows.forEach((row, i) => {
        const learner = playground.learners[i];
        row.parentElement.hidden = !learner;
        labels[i].textContent = playground.learners.length > 1 && learner ? learner.title.textContent : "";
        for (const element of row.querySelectorAll("button")) element.disabled = !isTrained;
      });
    },
    say: (text) => (note.textContent = text),
    receive({ models, epochs, seconds }) {
      if (!requests.length) return;
      const { index, send, hasChanged } = requests.shift(), { set } = playground, measured = models[index], { settings } = measured;
      const name = `playground-${set.dataset.replace(/[^a-z0-9]+/gi, "-")}-${settings.model}-${settings.latent_dim}d`;
      const origin = `Trained in a browser for ${epochs.toFixed(1)} epochs on ${set.nTrain} images${settings.input_noise ? `, with noise of σ = ${settings.input_noise} on them` : ""}${hasChanged ? "; settings were changed during the training" : ""}.`;
      send(encodeRun({ name, version, set, measured, epochs, seconds, note: origin }), name);
    },
  };
}
