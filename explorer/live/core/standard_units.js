// Codes in standard deviations of the Gaussian fitted to them, and the map of gaps over these.

/** Return z = mean + w · root, of w standard deviations along the rows of root [D, D]; the last numbers of w may be missing.
 * @param {ArrayLike<number>} mean @param {ArrayLike<number>} root @param {ArrayLike<number>} w */
export function fromStandard(mean, root, w) {
  const z = Float64Array.from(mean), n = z.length;
  for (let i = 0; i < w.length; i++) for (let j = 0; j < n; j++) z[j] += w[i] * root[i * n + j];
  return z;
}

/** Return the value of the cell of a square grid over ±reach, rows upwards, in which a point lies; 0 outside.
 * @param {{ shape: number[], data: ArrayLike<number> }} grid @param {number} reach @param {number} x @param {number} y */
export function cellAt({ shape: [rows, columns], data }, reach, x, y) {
  const column = Math.floor(((x + reach) / (2 * reach)) * columns), row = Math.floor(((y + reach) / (2 * reach)) * rows);
  return column >= 0 && column < columns && row >= 0 && row < rows ? data[row * columns + column] : 0;
}
