// Images made from a few drawings: each is rotated, moved and resized at random, so that there is something to learn.

import { seedUniform } from "../random.js";
import { drawPixels } from "../strokes.js";

export const DRAWN_SIDE = 16; // px of an image
export const N_VARIANTS = 120; // images of a drawing
const TEST_SHARE = 0.2;
const MAX_ROTATION = 0.3; // radians
const MAX_SHIFT = 0.1; // share of the side
const MIN_SIZE = 0.75; // of a drawing, as a share of its own
const MAX_SIZE = 1.1;

/** @typedef {import("../strokes.js").Stroke} Stroke */

/** Return a drawing rotated by an angle around its middle, resized, and moved.
 * @param {Stroke[]} strokes @param {{ rotation: number, size: number, shift: number[] }} change */
export function transformStrokes(strokes, { rotation, size, shift: [right, down] }) {
  const c = size * Math.cos(rotation), s = size * Math.sin(rotation);
  const move = (/** @type {number[]} */ [x, y]) => [0.5 + right + c * (x - 0.5) - s * (y - 0.5), 0.5 + down + s * (x - 0.5) + c * (y - 0.5)];
  return strokes.map((stroke) => (stroke.points ? { ...stroke, points: stroke.points.map(move) } : stroke));
}

/** Return { images: uint8 [n, pixels], labels [n], nTrain } of drawings, in an order in which they take turns; the same for the same drawings.
 * @param {Stroke[][]} drawings */
export function makeDrawnImages(drawings) {
  const n = drawings.length * N_VARIANTS, pixels = DRAWN_SIDE ** 2, images = new Uint8Array(n * pixels), labels = new Uint16Array(n), uniform = seedUniform(0);
  const between = (/** @type {number} */ low, /** @type {number} */ high) => low + (high - low) * uniform();
  for (let i = 0; i < n; i++) {
    labels[i] = i % drawings.length;
    const change = { rotation: between(-MAX_ROTATION, MAX_ROTATION), size: between(MIN_SIZE, MAX_SIZE), shift: [between(-MAX_SHIFT, MAX_SHIFT), between(-MAX_SHIFT, MAX_SHIFT)] };
    images.set(drawPixels(transformStrokes(drawings[labels[i]], change), DRAWN_SIDE), i * pixels);
  }
  return { images, labels, nTrain: n - Math.round(TEST_SHARE * n) };
}
