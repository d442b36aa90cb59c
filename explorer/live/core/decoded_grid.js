// Images decoded on a grid, interpolated: in place of a decoder that a browser cannot compute (explorer/export/decoded_grid.py).

import { RELOAD_ADVICE, UserFacingError } from "./errors.js";
import { findInterval } from "./interval.js";

/** Has the interface of Network. metadata: { low, high: of z, rungs: positions on the axis of a film }. */
export class DecodedGrid {
  /** @param {Pick<import("./block.js").Block, "metadata" | "tensors">} block */
  constructor({ metadata: { low, high, rungs }, tensors }) {
    const { shape, data } = tensors().differences, [rungCount, classCount, rows, columns, pixelCount] = shape;
    if (shape.length !== 5 || rungCount !== rungs.length || rows < 2 || columns < 2)
      throw new UserFacingError(`A grid of images can't have the shape [${shape}]. ${RELOAD_ADVICE}`);
    /** @type {[number[], number[], number[]]} */
    [this.low, this.high, this.rungs] = [low, high, rungs];
    [this.rows, this.columns, this.classCount] = [rows, columns, classCount];
    this.images = addDifferences(Uint8Array.from(data), rows, columns, pixelCount);
    this.label = 0; // the number of the class of a conditional model
    this.output = new Float32Array(pixelCount);
  }

  /** Return the image between the four of the grid around z, and between two rungs; beyond the grid, that at its edge. The next call
   * reuses the array.
   * @param {ArrayLike<number>} z @param {number} [position] */
  forward(z, position = 0) {
    const { rows, columns, classCount, output, label } = this;
    const [i, u] = this.cellOf(z[0], 0, columns), [j, v] = this.cellOf(z[1], 1, rows);
    const [rung, w] = this.rungs.length > 1 ? findInterval(this.rungs, position) : [0, 0];
    output.fill(0);
    for (const [k, rungShare] of [[rung, 1 - w], [rung + 1, w]])
      for (const [row, rowShare] of [[j, 1 - v], [j + 1, v]])
        for (const [column, columnShare] of [[i, 1 - u], [i + 1, u]])
          this.add((((k * classCount + (classCount > 1 ? label : 0)) * rows + row) * columns + column) * output.length, (rungShare * rowShare * columnShare) / 255);
    return output;
  }

  /** Add a share of the image that begins at this index.
   * @param {number} begin @param {number} share */
  add(begin, share) {
    if (!share) return;
    for (let p = 0; p < this.output.length; p++) this.output[p] += share * this.images[begin + p];
  }

  /** Return the cell along an axis, and how far in it a value is, from 0 to 1.
   * @param {number} value @param {number} axis @param {number} count: of images */
  cellOf(value, axis, count) {
    const place = Math.min(Math.max((value - this.low[axis]) / (this.high[axis] - this.low[axis]), 0), 1) * (count - 1);
    const cell = Math.min(Math.floor(place), count - 2);
    return [cell, place - cell];
  }
}

/** Sum differences along the columns and the rows of each grid, in place, modulo 256.
 * @param {Uint8Array} images @param {number} rows @param {number} columns @param {number} pixelCount */
function addDifferences(images, rows, columns, pixelCount) {
  const rowSize = columns * pixelCount, gridSize = rows * rowSize;
  for (let k = 0; k < images.length; k++) if (k % rowSize >= pixelCount) images[k] += images[k - pixelCount];
  for (let k = 0; k < images.length; k++) if (k % gridSize >= rowSize) images[k] += images[k - rowSize];
  return images;
}
