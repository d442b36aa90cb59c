// The blocks of the pad (figures/pad/pad.js) of a model that a browser has trained: what explorer/views makes of a run.

import { arrangeImages } from "../image_grid.js";
import { encodePng } from "./png.js";
import { CodesOnMap } from "./codes_on_map.js";
import { encodeBlock } from "./files.js";
import { findGaps } from "./gap_shade.js";
import { MIN_ACTIVE_VARIANCE } from "./measures.js";
import { rootOfSymmetric } from "./principal_plane.js";

const MAX_POSITION = 65535; // MAX_POSITION of explorer/live/film.py
const PRIOR_RANGE_SIGMA = 4; // PRIOR_RANGE_SIGMA of explorer/latent/dimensions.py
const DIMENSION_STEP_SIGMA = 0.1; // ARROW_KEY_STEP_SIGMA of explorer/views/map_block.py

/** @typedef {import("./files.js").FileTensor} FileTensor */
/** @typedef {import("./run_files.js").Measured} Measured */
/** @typedef {{ labels: Uint16Array, classes: { name: string, colour: string, number: number }[], shape: number[], name: string }} TestSet labels [n] among the classes */

/** Return the block of the map, as map_block() of explorer/views does.
 * @param {TestSet} set @param {Measured} measured @param {Record<string, string>} words of the kind of model */
export function encodeMap({ labels, classes, shape, name }, { settings, mu, logvar, test }, words) {
  const n = labels.length, latentDim = settings.latent_dim, codes = new CodesOnMap({ labels, classes, latentDim, shape, name });
  codes.update({ mu, logvar });
  codes.moveBounds(true);
  const dimensions = rankDimensions(mu, latentDim, test.rate_per_dimension, Boolean(logvar)), meanSd = dimensions.reduce((sum, { sd }) => sum + sd / latentDim, 0);
  const metadata = {
    ...codes.metadata, ...words, dimensions, rates_suffix: "",
    description: `Map of ${n.toLocaleString("en")} codes of ${name} images, coloured by class.`,
    step: DIMENSION_STEP_SIGMA * (logvar ? 1 : meanSd || 1),
    readouts: [
      ["distortion", [test.distortion], 1, " nats"],
      ...(logvar ? [["rate", [test.rate], 1, " nats"], ["active units", [test.active_units], 0, ` of ${latentDim}`]] : []),
    ],
  };
  /** @type {Record<string, FileTensor>} */
  const tensors = { ...codes.tensors, ...quantise(codes.points) };
  if (!logvar) tensors.covariance_factor = { shape: [latentDim, latentDim], data: Float32Array.from(rootOfSymmetric(codes.covariance).flat()) };
  const gaps = findGaps(mu, logvar, latentDim);
  if (gaps) Object.assign(tensors, { gap_bounds: { shape: [1, 4], data: gaps.bounds }, gap_levels: { shape: [1, gaps.rows, gaps.columns], data: gaps.shade } });
  return encodeBlock("map", metadata, tensors);
}

/** Return the points [n, 2] as positions [1, n, 2] of 16 bits between low and high.
 * @param {Float32Array} points */
function quantise(points) {
  const [low, high] = [[Infinity, Infinity], [-Infinity, -Infinity]];
  points.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  });
  const data = Uint16Array.from(points, (value, i) => Math.round((MAX_POSITION * (value - low[i % 2])) / (high[i % 2] - low[i % 2] || 1)));
  return { positions: { shape: [1, points.length / 2, 2], data }, low: { shape: [2], data: Float32Array.from(low) }, high: { shape: [2], data: Float32Array.from(high) } };
}

/** Return the range and the spread of each dimension, the most informative first, as rank_dimensions() of explorer/latent does.
 * @param {Float32Array} mu [n, D] @param {number} D @param {number[]} rates @param {boolean} hasPrior */
export function rankDimensions(mu, D, rates, hasPrior) {
  const reach = hasPrior ? PRIOR_RANGE_SIGMA : -Infinity;
  const dimensions = rates.map((rate, index) => {
    const codes = Array.from({ length: mu.length / D }, (_, i) => mu[i * D + index]), mean = codes.reduce((a, b) => a + b) / codes.length;
    const sd = Math.sqrt(codes.reduce((sum, value) => sum + (value - mean) ** 2, 0) / codes.length);
    const [low, high] = codes.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [-reach, reach]);
    return { index, low: Math.floor(10 * low) / 10, high: Math.ceil(10 * high) / 10, sd, rate, collapsed: hasPrior && sd ** 2 <= MIN_ACTIVE_VARIANCE, step: DIMENSION_STEP_SIGMA * (hasPrior ? 1 : sd || 1) };
  });
  return dimensions.sort((a, b) => b.rate - a.rate || b.sd - a.sd);
}

/** Return the block of the decoder. imageLayer: of core/network.js, from the logits to the mean image.
 * @param {Measured} measured @param {string} imageLayer */
export function encodeDecoder({ settings, weights }, imageLayer) {
  const own = Object.entries(weights).filter(([name]) => name.startsWith("decoder.")), names = [...new Set(own.map(([name]) => name.slice(0, name.lastIndexOf("."))))];
  const layers = names.flatMap((name, i) => [...(i ? [{ kind: "relu" }] : []), { kind: "dense", name }]);
  const metadata = { n_inputs: settings.latent_dim, n_classes: 0, layers: [...layers, { kind: imageLayer }], rungs: [0] };
  return encodeBlock("decoder", metadata, Object.fromEntries(own.map(([name, { shape, data }]) => [name, { shape: [1, ...shape], data }])));
}

/** Return the block of the codes, which answers clicks on the map.
 * @param {Measured} measured */
export function encodeCodes({ settings, mu }) {
  const D = settings.latent_dim;
  return encodeBlock("codes", {}, { codes: { shape: [1, mu.length / D, D], data: mu } });
}

/** Return a promise of the block of images, uint8 [n, C, H, W], in one picture.
 * @param {Uint8Array} images @param {number[]} shape */
export async function encodeImages(images, shape) {
  const pixels = shape.reduce((a, b) => a * b), n = images.length / pixels, columns = Math.ceil(Math.sqrt(n));
  const sheet = arrangeImages(n, columns, shape, (i) => Float32Array.from(images.subarray(i * pixels, (i + 1) * pixels), (value) => value / 255));
  const picture = await encodePng(sheet.pixels, sheet.shape);
  return encodeBlock("images", { n_images: n, columns }, { sheet: { shape: [picture.length], data: picture } });
}
