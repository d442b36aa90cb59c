// The files of a run (explorer/store/run.py) of a model that a browser has trained.

import { encodeSafetensors, encodeText, encodeZip } from "./files.js";
import { sha256 } from "./sha256.js";

const FORMAT = 1; // FORMAT_VERSION of explorer/store/run.py
const USUAL_SIGMA = 0.1; // of RunSpec
const DEVICE = "browser";

/** @typedef {import("../training/settings.js").TrainingSettings} TrainingSettings */
/** @typedef {{ images: Uint8Array, labels: Uint16Array, nTrain: number, shape: number[], dataset: string, classes: { name: string }[] }} ImageSet */
/** @typedef {{ mu: Float32Array, logvar: Float32Array | null, weights: import("../training/weights.js").Weights, test: Record<string, any> }} Measured */

/** Return the settings of the run.
 * @param {TrainingSettings} settings @param {string} dataset @param {number} epochs complete ones */
export function toRunSpec({ model, likelihood, sigma = USUAL_SIGMA, latent_dim, width, depth, beta, beta_warmup, learning_rate, batch_size, seed }, dataset, epochs) {
  const isVae = model === "vae", warmup = beta_warmup <= epochs ? beta_warmup : epochs;
  return { dataset, model, network: "mlp", width, depth, latent_dim, likelihood, sigma, beta: isVae ? beta : 0, beta_warmup: isVae ? warmup : 0, epochs: Math.max(epochs, 1), batch_size, lr: learning_rate, schedule: "constant", seed };
}

/** Return the bytes of a zip file that `import` reads.
 * @param {{ name: string, version: string, set: ImageSet, settings: TrainingSettings, measured: Measured, epochs: number, seconds: number, note: string }} content */
export function encodeRun({ name, version, set, settings, measured, epochs, seconds, note }) {
  const { mu, logvar, weights, test } = measured, { n } = test, D = settings.latent_dim, pixels = set.shape.reduce((a, b) => a * b);
  const labels = BigInt64Array.from(set.labels.subarray(set.nTrain), BigInt), images = set.images.slice(set.nTrain * pixels);
  const codes = (/** @type {Float32Array} */ data) => ({ shape: [n, D], data });
  const embedding = encodeSafetensors({ mu: codes(mu), ...(logvar ? { logvar: codes(logvar) } : {}), y: { shape: [n], data: labels }, images: { shape: [n, ...set.shape], data: images } });
  const model = encodeSafetensors(weights);
  const files = { "model.safetensors": model, "embedding.safetensors": embedding };
  const record = {
    format: FORMAT, spec: toRunSpec(settings, set.dataset, Math.floor(epochs)), shape: set.shape, class_names: set.classes.map((entry) => entry.name), n_train: set.nTrain,
    n_parameters: Object.values(weights).reduce((sum, { data }) => sum + data.length, 0), test, epochs: Math.floor(epochs), seconds, device: DEVICE,
    versions: { "latent-space-explorer": version }, note,
    files: Object.fromEntries(Object.entries(files).map(([file, content]) => [file, { bytes: content.length, sha256: sha256(content) }])),
  };
  const all = { ...files, "run.json": encodeText(JSON.stringify(record, null, 1)) };
  return encodeZip(Object.fromEntries(Object.entries(all).map(([file, content]) => [`${name}/${file}`, content])));
}
