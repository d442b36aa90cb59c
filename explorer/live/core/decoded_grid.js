// Images decoded on a grid, interpolated: in place of a decoder that a browser cannot compute (explorer/export/decoded_grid.py).

import { addDifferences } from "./differences.js";
import { RELOAD_ADVICE, UserFacingError } from "./errors.js";
import { findInterval } from "./interval.js";

/** Has the interface of Network. metadata: { low, high: of z at each rung, rungs: positions on the axis of a film }. */
export class DecodedGrid {
  /** @param {Pick<import("./block.js").Block, "metadata" | "tensors">} block */
  constructor({ metadata: { low, high, rungs }, tensors }) {
    const { shape, data } = tensors().differences, [rungCount, classCount, rows, columns, pixelCount] = shape;
    if (shape.length !== 5 || rungCount !== rungs.length || rungCount !== low.length || rows < 2 || columns < 2)
      throw new UserFacingError(`A grid of images can't have the shape [${shape}]. ${RELOAD_ADVICE}`);
    /** @type {number[][]} */
    this.low = low;
    /** @type {number[][]} */
    this.high = high;
    /** @type {number[]} */
    this.rungs = rungs;
    this.rows = rows;
    this.columns = columns;
    this.classCount = classCount;
    this.images = addDifferences(Uint8Array.from(data), rows, columns, pixelCount);
    this.label = 0; // the number of the class of a conditional model
    this.output = new Float32Array(pixelCount);
  }

  /** Return the image between the four of the grid around z, and between two rungs; beyond the grid, that at its edge. The next call
   * reuses the array.
   * @param {ArrayLike<number>} z @param {number} [position] */
  forward(z, position = 0) {
    const { rows, columns, classCount, output, label } = this;
    const [rung, w] = this.rungs.length > 1 ? findInterval(this.rungs, position) : [0, 0];
    output.fill(0);
    for (const [k, rungShare] of [[rung, 1 - w], [rung + 1, w]]) {
      if (!rungShare) continue;
      const [i, u] = this.cellOf(z[0], k, 0, columns), [j, v] = this.cellOf(z[1], k, 1, rows);
      for (const [row, rowShare] of [[j, 1 - v], [j + 1, v]])
        for (const [column, columnShare] of [[i, 1 - u], [i + 1, u]])
          this.add((((k * classCount + (classCount > 1 ? label : 0)) * rows + row) * columns + column) * output.length, (rungShare * rowShare * columnShare) / 255);
    }
    return output;
  }

  /** Add a share of the image that begins at this index.
   * @param {number} begin @param {number} share */
  add(begin, share) {
    if (!share) return;
    for (let p = 0; p < this.output.length; p++) this.output[p] += share * this.images[begin + p];
  }

  /** Return the cell along an axis of the grid of a rung, and how far in it a value is, from 0 to 1.
   * @param {number} value @param {number} rung @param {number} axis @param {number} count: of images */
  cellOf(value, rung, axis, count) {
    const low = this.low[rung][axis], high = this.high[rung][axis], place = Math.min(Math.max((value - low) / (high - low), 0), 1) * (count - 1);
    const cell = Math.min(Math.floor(place), count - 2);
    return [cell, place - cell];
  }
}
