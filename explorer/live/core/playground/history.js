// The curves of a training, in bounded memory: when there are too many points, neighbours are merged.

const MAX_POINTS = 400;

export class CurveHistory {
  constructor() {
    /** @type {number[]} */
    this.epochs = [];
    /** @type {Map<string, number[]>} the values of each curve, by its name */
    this.curves = new Map();
    this.stride = 1; // states that make one point
    this.count = 0; // of states in the last point
  }

  /** Add the values of curves, by their names, at an epoch. A value that is not finite is left out of its curve.
   * @param {number} epoch @param {Record<string, number>} values */
  add(epoch, values) {
    const { epochs, curves } = this, isNew = !epochs.length || this.count === this.stride;
    if (isNew) epochs.push(epoch);
    this.count = isNew ? 1 : this.count + 1;
    const last = epochs.length - 1;
    epochs[last] = epoch;
    for (const [name, value] of Object.entries(values)) {
      if (!curves.has(name)) curves.set(name, new Array(last).fill(NaN));
      const curve = /** @type {number[]} */ (curves.get(name)), previous = curve[last];
      if (isNew || !Number.isFinite(previous)) curve[last] = value;
      else if (Number.isFinite(value)) curve[last] = previous + (value - previous) / this.count;
    }
    for (const curve of curves.values()) if (curve.length === last) curve.push(NaN);
    if (epochs.length === MAX_POINTS && this.count === this.stride) this.thin();
  }

  /** Merge each two neighbours. */
  thin() {
    const merge = (/** @type {number[]} */ values, /** @type {(a: number, b: number) => number} */ join) => Array.from({ length: values.length >> 1 }, (_, i) => join(values[2 * i], values[2 * i + 1]));
    this.epochs = merge(this.epochs, (_, b) => b);
    for (const [name, values] of this.curves) this.curves.set(name, merge(values, (a, b) => (Number.isFinite(a) ? (Number.isFinite(b) ? (a + b) / 2 : a) : b)));
    this.stride *= 2;
    this.count = this.stride;
  }
}
