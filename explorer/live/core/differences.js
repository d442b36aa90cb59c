// Numbers that travel as differences, which compress better. Sums are modulo 2 to the bits of the numbers.

/** @typedef {Uint8Array | Uint16Array} Integers */

/** Return the frames of a tensor that has the difference of each from the one before.
 * @param {{ shape: number[], data: Integers }} differences */
export function addFrames({ shape: [frameCount], data }) {
  const size = data.length / frameCount, frames = data.slice();
  for (let i = size; i < frames.length; i++) frames[i] += frames[i - size];
  return frames;
}

/** Sum differences along the columns and the rows of each grid of cells, in place, and return them. size: numbers of a cell.
 * @template {Integers} T @param {T} cells @param {number} rows @param {number} columns @returns {T} */
export function addDifferences(cells, rows, columns, size = 1) {
  const rowSize = columns * size, gridSize = rows * rowSize;
  for (let k = 0; k < cells.length; k++) if (k % rowSize >= size) cells[k] += cells[k - size];
  for (let k = 0; k < cells.length; k++) if (k % gridSize >= rowSize) cells[k] += cells[k - rowSize];
  return cells;
}
