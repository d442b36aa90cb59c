// Points of a plane as images: each is a dot, so that two numbers say all of an image.

import { sampleNormal, seedUniform } from "../random.js";

const SIDE = 12; // px of an image
const N_IMAGES = 1000;
const N_TEST = 200;
const N_CLASSES = 8; // parts of a curve
const SPREAD = 0.02; // standard deviation of the points around a curve, in sides of the image
const DOT_SIGMA = 1.1; // px

/** Curves, by the names of their sets: the point at a share of the way, in sides of the image.
 * @type {Record<string, (share: number) => number[]>} */
export const CURVES = {
  ring: (share) => [0.5 + 0.3 * Math.cos(2 * Math.PI * share), 0.5 + 0.3 * Math.sin(2 * Math.PI * share)],
  spiral: (share) => {
    const angle = 4 * Math.PI * Math.sqrt(share), radius = 0.36 * Math.sqrt(share); // equally many points on equal lengths
    return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
  },
};

/** Return { images: uint8 [n, pixels], labels [n]: the part of the curve, nTrain, shape, classNames } of a set, always the same.
 * @param {string} name */
export function makeToyImages(name) {
  const uniform = seedUniform(0), images = new Uint8Array(N_IMAGES * SIDE ** 2), labels = new Uint16Array(N_IMAGES);
  for (let i = 0; i < N_IMAGES; i++) {
    const share = uniform(), noise = sampleNormal(2, uniform), [x, y] = CURVES[name](share).map((v, axis) => SIDE * (v + SPREAD * noise[axis]));
    labels[i] = Math.floor(N_CLASSES * share);
    for (let row = 0, p = i * SIDE ** 2; row < SIDE; row++)
      for (let column = 0; column < SIDE; column++, p++) images[p] = Math.round(255 * Math.exp(-((column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2) / (2 * DOT_SIGMA ** 2)));
  }
  return { images, labels, nTrain: N_IMAGES - N_TEST, shape: [1, SIDE, SIDE], classNames: Array.from({ length: N_CLASSES }, (_, part) => `part ${part + 1}`) };
}
