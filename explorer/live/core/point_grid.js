// An index of the points of a map: the rows of its points by the cells of a grid, so that those near a position are found at once.

/** @typedef {ArrayLike<number>} Numbers */

const POINTS_PER_CELL = 4; // about so many
const MAX_SIDE = 1024; // cells
const REACH = 4; // standard deviations from the mean to the outermost cells, which also hold what is farther
const GOLDEN_SHARE = 0.6180339887;

export class PointGrid {
  /** points [2n]: map coordinates, which must not change afterwards.
   * @param {Numbers} points */
  constructor(points) {
    const count = points.length / 2;
    this.points = points;
    this.side = Math.min(Math.max(Math.round(Math.sqrt(count / POINTS_PER_CELL)), 1), MAX_SIDE);
    const axes = [0, 1].map((axis) => measureAxis(points, axis));
    this.low = axes.map(({ low }) => low);
    this.cellsPerUnit = axes.map(({ low, high }) => (high > low ? this.side / (high - low) : 0));
    const cells = new Int32Array(count), starts = (this.starts = new Int32Array(this.side * this.side + 1));
    for (let row = 0; row < count; row++) {
      cells[row] = this.side * this.cellOf(1, points[2 * row + 1]) + this.cellOf(0, points[2 * row]);
      starts[cells[row] + 1]++;
    }
    for (let cell = 0; cell < starts.length - 1; cell++) starts[cell + 1] += starts[cell];
    const next = starts.slice(0, -1), step = coprimeNear(count * GOLDEN_SHARE, count);
    this.rows = new Int32Array(count); // cell after cell, and shuffled within each, so that no class is painted over the others
    for (let i = 0, row = 0; i < count; i++, row = (row + step) % count) this.rows[next[cells[row]]++] = row;
  }

  /** Return the number of the cell along an axis in which a coordinate lies.
   * @param {number} axis @param {number} value */
  cellOf(axis, value) {
    return Math.min(Math.max(Math.floor((value - this.low[axis]) * this.cellsPerUnit[axis]), 0), this.side - 1) || 0; // 0 for NaN
  }

  /** Return parts [first, end] of `rows` that contain all points of a rectangle, and perhaps others; one part for each row of cells.
   * @param {Numbers} low @param {Numbers} high @returns {[number, number][]} */
  partsWithin(low, high) {
    const left = this.cellOf(0, low[0]), right = this.cellOf(0, high[0]), bottom = this.cellOf(1, low[1]), top = this.cellOf(1, high[1]);
    return Array.from({ length: top - bottom + 1 }, (_, i) => {
      const first = (bottom + i) * this.side;
      return [this.starts[first + left], this.starts[first + right + 1]];
    });
  }

  /** Return [row, distance] of the point nearest to a place [x, y], the first of equally near ones, or [-1, Infinity]. Lengths are in units
   * of which a map unit is so many along each axis; points that are not nearer than maxDistance or not accepted are left out.
   * @param {Numbers} place @param {Numbers} scale @param {number} maxDistance @param {(row: number) => boolean} isAccepted @returns {[number, number]} */
  findNearest(place, scale, maxDistance, isAccepted) {
    const { points, rows } = this, reach = [maxDistance / scale[0], maxDistance / scale[1]];
    let nearest = -1, least = maxDistance * maxDistance;
    for (const [first, end] of this.partsWithin([place[0] - reach[0], place[1] - reach[1]], [place[0] + reach[0], place[1] + reach[1]]))
      for (let i = first; i < end; i++) {
        const row = rows[i], dx = (points[2 * row] - place[0]) * scale[0], dy = (points[2 * row + 1] - place[1]) * scale[1], squared = dx * dx + dy * dy;
        if ((squared < least || (squared === least && row < nearest)) && isAccepted(row)) [nearest, least] = [row, squared];
      }
    return [nearest, nearest < 0 ? Infinity : Math.sqrt(least)];
  }
}

/** Return where the cells of an axis begin and end: within the points, and within REACH standard deviations of their mean.
 * @param {Numbers} points @param {number} axis */
function measureAxis(points, axis) {
  let low = Infinity, high = -Infinity, sum = 0, squares = 0;
  for (let i = axis; i < points.length; i += 2) {
    const value = points[i];
    if (value < low) low = value;
    if (value > high) high = value;
    sum += value;
    squares += value * value;
  }
  const count = points.length / 2, mean = sum / count, reach = REACH * Math.sqrt(Math.max(squares / count - mean * mean, 0));
  return { low: Math.max(low, mean - reach), high: Math.min(high, mean + reach) };
}

/** Return a whole number near the given one that has no common divisor with count, so that its multiples reach all rows.
 * @param {number} value @param {number} count */
function coprimeNear(value, count) {
  const divisor = (/** @type {number} */ a, /** @type {number} */ b) => { while (b) [a, b] = [b, a % b]; return a; };
  let step = Math.max(Math.round(value), 1);
  while (divisor(step, count) !== 1) step++;
  return step;
}
