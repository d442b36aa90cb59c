// Images side by side; of vectors their pictures.

import { pictureOf, pictureShape } from "./vector_picture.js";

/** Arrange n images [C, H, W] in rows of so many columns, gap px apart, as one image. getImage(i) returns the numbers of an image, and
 * may reuse its array. Return { pixels: Float32Array, 0 where there is no image, shape: [C, height, width] }.
 * @param {number} n @param {number} columns @param {number[]} shape @param {(i: number) => Float32Array} getImage @param {number} [gap] */
export function arrangeImages(n, columns, shape, getImage, gap = 0) {
  const [channels, height, width] = pictureShape(shape);
  const gridWidth = columns * (width + gap) - gap, gridHeight = Math.ceil(n / columns) * (height + gap) - gap;
  const pixels = new Float32Array(channels * gridHeight * gridWidth);
  for (let i = 0; i < n; i++) {
    const image = pictureOf(getImage(i), shape), left = (i % columns) * (width + gap), top = Math.floor(i / columns) * (height + gap);
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++)
        pixels.set(image.subarray((c * height + y) * width, (c * height + y + 1) * width), (c * gridHeight + top + y) * gridWidth + left);
  }
  return { pixels, shape: [channels, gridHeight, gridWidth] };
}
