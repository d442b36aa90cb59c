// Codes of entries of a codebook: the nearest entry, random codes, and the distortion of what is decoded.

/** Return the number of the entry of a codebook [K, d] that is nearest to a point; of equally near ones, the first.
 * @param {ArrayLike<number>} codebook @param {ArrayLike<number>} point */
export function nearestEntry(codebook, point) {
  const d = point.length;
  let best = -1, least = Infinity;
  for (let k = 0; k * d < codebook.length; k++) {
    let square = 0;
    for (let i = 0; i < d; i++) square += (codebook[k * d + i] - point[i]) ** 2;
    if (square < least) [best, least] = [k, square];
  }
  return best;
}

/** Return z [G·d], the entries of a codebook [K, d] with the numbers code [G].
 * @param {ArrayLike<number>} codebook @param {number} d @param {ArrayLike<number>} code */
export function lookUp(codebook, d, code) {
  return Float32Array.from({ length: code.length * d }, (_, i) => codebook[code[Math.floor(i / d)] * d + (i % d)]);
}

/** Return the distortion, the cross-entropy in nats, of an image from decoded pixels in (0, 1).
 * @param {ArrayLike<number>} image @param {ArrayLike<number>} pixels */
export function crossEntropy(image, pixels) {
  let nats = 0;
  for (let i = 0; i < image.length; i++) {
    const p = Math.min(Math.max(pixels[i], 1e-7), 1 - 1e-7);
    nats -= image[i] * Math.log(p) + (1 - image[i]) * Math.log(1 - p);
  }
  return nats;
}

/** Return a code [G] whose entries are independent: each is that of a random row of index [n, G] at its position.
 * @param {ArrayLike<number>} index @param {number} positions @param {() => number} uniform of numbers in [0, 1) */
export function sampleByPosition(index, positions, uniform) {
  const n = index.length / positions;
  return Array.from({ length: positions }, (_, g) => index[Math.floor(uniform() * n) * positions + g]);
}
