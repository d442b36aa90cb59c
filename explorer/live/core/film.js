// The positions of the codes along the axis of a film (KL weight or epoch). A map without an axis is a film of one frame.

import { RELOAD_ADVICE, UserFacingError } from "./errors.js";
import { findInterval } from "./interval.js";

/** @typedef {import("./block.js").Block} Block */
/** @typedef {import("./block.js").Tensor} Tensor */

export class Film {
  /** The block of a map, with the tensors positions [F, n, 2], quantised to 16 bits between low and high [2] (explorer/live/film.py), and optionally
   * bounds [F, 4], posterior_factors [F, n, 3], label_positions [F, K, 2], gap_levels [F, rows, columns] and gap_bounds [F, 4].
   * @param {Pick<Block, "metadata" | "tensors">} block */
  constructor({ metadata, tensors }) {
    const { positions, low, high, bounds, posterior_factors, label_positions, gap_levels, gap_bounds } = tensors();
    this.axis = metadata.film; // { name, title, values, log_axis } or null
    /** @type {number[]} */
    this.values = this.axis ? this.axis.values.map((/** @type {number} */ value) => (this.axis.log_axis ? Math.log10(value) : value)) : [0];
    this.frameCount = positions.shape[0];
    this.pointCount = positions.shape[1];
    if (this.frameCount !== this.values.length) throw new UserFacingError(`A film of ${this.frameCount} frames needs as many values on its axis, not ${this.values.length}. ${RELOAD_ADVICE}`);
    this.quantum = [0, 1].map((i) => (high.data[i] - low.data[i]) / 65535);
    this.low = low.data;
    this.quantised = positions.data;
    this.points = new Float32Array(2 * this.pointCount); // at the current position
    /** @type {Record<string, Tensor | undefined>} */
    this.frameTensors = { bounds, posterior_factors, label_positions, gap_levels, gap_bounds };
    /** @type {number | null} */
    this.position = null;
    this.frame = 0; // the position lies between this frame and the next one,
    this.fraction = 0; // so far from it
  }

  /** Interpolate the points at a position on the axis. Return whether anything has moved.
   * @param {number} position */
  seek(position) {
    if (position === this.position || (this.frameCount === 1 && this.position !== null)) return false;
    this.position = position;
    [this.frame, this.fraction] = findInterval(this.values, position);
    const { quantised, points, quantum, low, fraction } = this, size = points.length;
    const offset = this.frame * size, nextOffset = fraction ? offset + size : offset;
    for (let index = 0; index < size; index++) {
      const axis = index & 1;
      points[index] = low[axis] + quantum[axis] * (quantised[offset + index] + fraction * (quantised[nextOffset + index] - quantised[offset + index]));
    }
    return true;
  }

  /** Return count numbers of a tensor from index first on, interpolated at the current position, or null if the film lacks it.
   * @param {string} name @param {number} [first] @param {number} [count] @returns {number[] | null} */
  interpolate(name, first = 0, count) {
    const tensor = this.frameTensors[name];
    if (!tensor) return null;
    const size = tensor.data.length / this.frameCount, offset = this.frame * size + first, nextOffset = this.fraction ? offset + size : offset;
    return Array.from({ length: count ?? size }, (_, index) => tensor.data[offset + index] + this.fraction * (tensor.data[nextOffset + index] - tensor.data[offset + index]));
  }
}
