// The likelihood of a test image over the latent plane, from the blocks of explorer/views/evidence_block.py.

import { addDifferences } from "./differences.js";
import { Evidence } from "./evidence.js";

/** @typedef {import("./block.js").Block} Block */

/** Return the block of a test image by its number; undefined while it is not here.
 * @param {Record<string, Block>} blocks of a lesson @param {number} image */
export function findEvidence({ evidence, other_evidence: others }, image) {
  return [evidence, others].find((block) => block?.metadata.rows.includes(image));
}

/** Return { evidence, encoder: the means and the logarithms of the standard deviations of its q, pixels } of a test image of a block.
 * @param {Block} block @param {number} image */
export function readEvidence({ metadata, tensors }, image) {
  const { rows, n, reach, low, quantum } = metadata, { log_likelihood: levels, images, mu, logvar } = tensors();
  const i = rows.indexOf(image), cells = n * n, size = images.data.length / rows.length;
  const differences = /** @type {Uint16Array} */ (levels.data.slice(i * cells, (i + 1) * cells));
  const logLikelihood = Float64Array.from(addDifferences(differences, n, n), (level) => low[i] + quantum[i] * level);
  return {
    evidence: new Evidence(logLikelihood, reach, n),
    encoder: [...mu.data.subarray(2 * i, 2 * i + 2), ...logvar.data.subarray(2 * i, 2 * i + 2).map((value) => value / 2)],
    pixels: Float32Array.from(images.data.subarray(i * size, (i + 1) * size), (value) => value / 255),
  };
}
