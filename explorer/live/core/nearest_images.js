// The images nearest to another in pixels.

/** Return the rows [count] of the images that are nearest to an image, the nearest first, with their Euclidean distances.
 * @param {ArrayLike<number>} images one after the other @param {ArrayLike<number>} image @param {number} count */
export function findNearestImages(images, image, count) {
  const size = image.length, n = images.length / size, squares = new Float64Array(n);
  for (let row = 0, k = 0; row < n; row++) {
    let sum = 0;
    for (let i = 0; i < size; i++, k++) sum += (images[k] - image[i]) ** 2;
    squares[row] = sum;
  }
  const rows = Array.from(squares.keys()).sort((a, b) => squares[a] - squares[b] || a - b).slice(0, count);
  return { rows, distances: rows.map((row) => Math.sqrt(squares[row])) };
}

/** Return the mean label of the images that are nearest to one, by the squared distance of their pixels.
 * @param {ArrayLike<number>} pixels of one image, in [0, 1] @param {Uint8Array} images one after the other, 0 to 255
 * @param {ArrayLike<number>} labels @param {number} count of the nearest */
export function meanOfNearest(pixels, images, labels, count) {
  const nearest = findNearestImages(images, Float32Array.from(pixels, (value) => 255 * value), count).rows;
  return nearest.reduce((sum, image) => sum + labels[image], 0) / count;
}
