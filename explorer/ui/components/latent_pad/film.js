// Where the codes lie, over a film's axis (beta, or epoch): a still map is a film of one frame.

export class Film {
  /** positions [F, n, 2] quantised to 16 bits between low and high [2]; optionally bounds [F, 4], spread [F, n, 3], labels_at [F, K, 2], shade [F, rows, columns], shade_bounds [F, 4]. */
  constructor({ about, tensors }) {
    const { positions, low, high, bounds, spread, labels_at, shade, shade_bounds } = tensors();
    this.axis = about.film; // { name, title, values, log } or null
    this.values = this.axis ? this.axis.values.map((v) => (this.axis.log ? Math.log10(v) : v)) : [0];
    [this.n_frames, this.n] = positions.shape;
    if (this.n_frames !== this.values.length) throw new Fault(`A film of ${this.n_frames} frames needs as many values on its axis, not ${this.values.length}. ${REMEDY}`);
    this.unit = [0, 1].map((i) => (high.data[i] - low.data[i]) / 65535);
    this.low = low.data;
    this.quantised = positions.data;
    this.points = new Float32Array(2 * this.n); // at the present u
    this.parts = { bounds, spread, labels_at, shade, shade_bounds };
    this.u = null;
  }

  /** Moves the points to u, between the two frames around it. Whether anything moved. */
  seek(u) {
    if (u === this.u || (this.n_frames === 1 && this.u !== null)) return false;
    this.u = u;
    [this.frame, this.t] = between(this.values, u);
    const { quantised: q, points, unit, low, t } = this, size = points.length;
    const a = this.frame * size, b = t ? a + size : a;
    for (let k = 0; k < size; k++) {
      const axis = k & 1;
      points[k] = low[axis] + unit[axis] * (q[a + k] + t * (q[b + k] - q[a + k]));
    }
    return true;
  }

  /** Numbers first..first+count of a part's frame, at the present u; null if the film has no such part. */
  part(name, first = 0, count = null) {
    const part = this.parts[name];
    if (!part) return null;
    const size = part.data.length / this.n_frames, a = this.frame * size + first, b = this.t ? a + size : a;
    return Array.from({ length: count ?? size }, (_, k) => part.data[a + k] + this.t * (part.data[b + k] - part.data[a + k]));
  }
}
