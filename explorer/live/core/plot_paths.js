// The paths of a plot, as SVG path data in pixels with one decimal.

/** @typedef {import("./scale.js").Scale} Scale */

const MAX_PIXELS = 1e5; // farther away is outside of any plot, and too large for some browsers

/** @param {number} pixels */
const roundPixels = (pixels) => Math.round(10 * Math.min(Math.max(pixels, -MAX_PIXELS), MAX_PIXELS)) / 10;

/** Return the path of a line through the points. A point that is not finite leaves a gap; a single point between gaps is a dot.
 * @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {Scale} x @param {Scale} y */
export function linePath(xs, ys, x, y) {
  let path = "", start = "", length = 0;
  for (let i = 0; i <= xs.length; i++) {
    const px = i < xs.length ? x.toPixels(xs[i]) : NaN, py = i < xs.length ? y.toPixels(ys[i]) : NaN;
    if (Number.isFinite(px) && Number.isFinite(py)) {
      const point = `${roundPixels(px)} ${roundPixels(py)}`;
      if (!length) start = point;
      path += (length ? "L" : "M") + point;
      length++;
    } else {
      if (length === 1) path += `L${start}`;
      length = 0;
    }
  }
  return path;
}

/** Return vertical lines at x, from low to high of each interval, as one line with gaps. An interval that is null has none.
 * @param {ArrayLike<number>} x @param {(number[] | null)[]} intervals @returns {{ x: number[], y: number[] }} */
export function joinIntervals(x, intervals) {
  const known = intervals.flatMap((interval, i) => (interval ? [{ at: x[i], interval }] : []));
  return { x: known.flatMap(({ at }) => [at, at, NaN]), y: known.flatMap(({ interval }) => [...interval, NaN]) };
}

/** Return the path of the area between two curves; a point that is not finite leaves a gap.
 * @param {ArrayLike<number>} xs @param {ArrayLike<number>} lows @param {ArrayLike<number>} highs @param {Scale} x @param {Scale} y */
export function areaPath(xs, lows, highs, x, y) {
  let path = "", above = "", below = "";
  for (let i = 0; i <= xs.length; i++) {
    const px = i < xs.length ? roundPixels(x.toPixels(xs[i])) : NaN;
    const high = i < xs.length ? roundPixels(y.toPixels(highs[i])) : NaN, low = i < xs.length ? roundPixels(y.toPixels(lows[i])) : NaN;
    if (Number.isFinite(px + high + low)) {
      above += `${above ? "L" : "M"}${px} ${high}`;
      below = `L${px} ${low}${below}`;
    } else if (above) {
      path += `${above}${below}Z`;
      above = below = "";
    }
  }
  return path;
}

/** Return the path of bars about their positions, from bases to ends. width: of a bar, in data units; horizontal: the positions are on
 * the y axis; includes(i): whether a bar is drawn. What is not finite is left out; a base that a log axis cannot show is the end of the axis.
 * @param {ArrayLike<number>} positions @param {ArrayLike<number>} bases @param {ArrayLike<number>} ends @param {number} width
 * @param {Scale} x @param {Scale} y @param {boolean} [horizontal] @param {(i: number) => boolean} [includes] */
export function barsPath(positions, bases, ends, width, x, y, horizontal = false, includes = () => true) {
  const [across, along] = horizontal ? [y, x] : [x, y];
  let path = "";
  for (let i = 0; i < positions.length; i++) {
    const basePixels = along.toPixels(bases[i]), base = roundPixels(Number.isFinite(basePixels) ? basePixels : along.range[0]);
    const [a, b, end] = [across.toPixels(positions[i] - width / 2), across.toPixels(positions[i] + width / 2), along.toPixels(ends[i])].map(roundPixels);
    if (!Number.isFinite(a + b + end) || !includes(i)) continue;
    path += horizontal ? `M${base} ${a}H${end}V${b}H${base}Z` : `M${a} ${base}V${end}H${b}V${base}Z`;
  }
  return path;
}

/** The outlines of the shapes of points, of radius 1 about the origin: corners [x, y], or null for a disc. A cross is drawn as strokes.
 * @type {Record<string, number[][] | null>} */
export const SHAPES = {
  circle: null,
  square: [[-0.89, -0.89], [0.89, -0.89], [0.89, 0.89], [-0.89, 0.89]],
  triangle: [[0, -1.2], [1.1, 0.75], [-1.1, 0.75]],
  diamond: [[0, -1.3], [1.15, 0], [0, 1.3], [-1.15, 0]],
  cross: [[-0.9, -0.9], [0, -0.3], [0.9, -0.9], [0.3, 0], [0.9, 0.9], [0, 0.3], [-0.9, 0.9], [-0.3, 0]],
};

/** Return the path of points of a shape and a radius (px), the same for all or one each. includes(i): whether a point is drawn.
 * @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {Scale} x @param {Scale} y @param {string} shape @param {number | ArrayLike<number>} radius
 * @param {(i: number) => boolean} [includes] */
export function pointsPath(xs, ys, x, y, shape, radius, includes = () => true) {
  let path = "";
  for (let i = 0; i < xs.length; i++) {
    const px = roundPixels(x.toPixels(xs[i])), py = roundPixels(y.toPixels(ys[i])), size = typeof radius === "number" ? radius : radius[i];
    if (Number.isFinite(px + py + size) && includes(i)) path += shapePath(px, py, shape, size);
  }
  return path;
}

/** Return the path of one shape about a position (px).
 * @param {number} px @param {number} py @param {string} shape @param {number} radius */
export function shapePath(px, py, shape, radius) {
  const corners = SHAPES[shape];
  if (!corners) return `M${roundPixels(px - radius)} ${roundPixels(py)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
  return `M${corners.map(([dx, dy]) => `${roundPixels(px + radius * dx)} ${roundPixels(py + radius * dy)}`).join("L")}Z`;
}
