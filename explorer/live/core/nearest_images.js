// The images nearest to another in pixels.

/** Return the mean label of the images that are nearest to one, by the squared distance of their pixels.
 * @param {ArrayLike<number>} pixels of one image, in [0, 1] @param {Uint8Array} images one after the other, 0 to 255
 * @param {ArrayLike<number>} labels @param {number} count of the nearest */
export function meanOfNearest(pixels, images, labels, count) {
  const size = pixels.length, scaled = Float32Array.from(pixels, (value) => 255 * value);
  const distances = Float64Array.from(labels, (_, image) => {
    let sum = 0;
    for (let k = 0, at = image * size; k < size; k++, at++) sum += (scaled[k] - images[at]) ** 2;
    return sum;
  });
  const nearest = Array.from(distances.keys()).sort((a, b) => distances[a] - distances[b]).slice(0, count);
  return nearest.reduce((sum, image) => sum + labels[image], 0) / count;
}
