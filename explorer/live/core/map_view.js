// The view of a map: how far it is zoomed in and what lies in its middle. At zoom 1 the whole map is seen. Positions are in CSS pixels,
// points in map units.

/** @typedef {import("./plot_area.js").PlotArea} PlotArea */
/** @typedef {{ zoom: number, centre: number[] }} View */

export const MAX_ZOOM = 64;
const WHEEL_RATE = 0.01; // of the logarithm of the zoom, a pixel: a touchpad's pinch then follows the fingers
const MAX_WHEEL_STEP = 25; // px of an event, of which a mouse wheel sends 100 or more
const WHEEL_UNITS = [1, 16, 300]; // px of a pixel, a line, a page
const REVEAL_MARGIN = 0.1; // of the map's width, between a revealed point and the border
const BORDER_MARK_INSET = 9; // px
const MAX_COUNTED = 20_000; // points among which the emptiest corner is looked for

/** Return a view of the whole map, which maps may share: its centre in standard deviations from the mean (Plane.fromStandardUnits);
 * showsImages: whether thumbnails are shown, or null to leave it to the zoom.
 * @returns {View & { showsImages: boolean | null }} */
export const createView = () => ({ zoom: 1, centre: [0, 0], showsImages: null });

/** @param {number} zoom */
const limitZoom = (zoom) => Math.min(Math.max(zoom, 1), MAX_ZOOM);

/** Return the view after what lies at the position start has moved to the position end, zoomed by a factor, within the limits: [1, MAX_ZOOM], and nothing
 * outside the whole map is shown.
 * @param {PlotArea} area @param {number[]} start @param {number[]} end @param {number} factor @returns {View} */
export function moveView(area, start, end, factor) {
  const zoom = limitZoom(area.zoom * factor), point = area.toData(start), scale = area.scaleAt(zoom), [middleX, middleY] = area.middle;
  return { zoom, centre: area.limitCentre([point[0] - (end[0] - middleX) / scale[0], point[1] + (end[1] - middleY) / scale[1]], zoom) };
}

/** Return the view in which a point is seen: the same view if it is already, or else the nearest one with room around the point.
 * @param {PlotArea} area @param {number[]} point @returns {View} */
export function revealPoint(area, point) {
  const position = area.toPixels(point);
  if (area.contains(position)) return { zoom: area.zoom, centre: area.centre };
  const { x, y, width, height } = area.box, room = REVEAL_MARGIN * Math.min(width, height);
  const limit = (/** @type {number} */ v, /** @type {number} */ low, /** @type {number} */ size) => Math.min(Math.max(v, low + room), low + size - room);
  return moveView(area, position, [limit(position[0], x, width), limit(position[1], y, height)], 1);
}

/** Return { start, end, factor } of two fingers that were at the first two positions and are now at the others.
 * @param {number[][]} before @param {number[][]} after */
export function measurePinch(before, after) {
  const middle = (/** @type {number[][]} */ [p, q]) => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
  const distance = (/** @type {number[][]} */ [p, q]) => Math.max(Math.hypot(p[0] - q[0], p[1] - q[1]), 1);
  return { start: middle(before), end: middle(after), factor: distance(after) / distance(before) };
}

/** Return the factor by which an event of a wheel zooms.
 * @param {{ deltaY: number, deltaMode: number }} event */
export function wheelFactor({ deltaY, deltaMode }) {
  const step = deltaY * WHEEL_UNITS[deltaMode];
  return Math.exp(-WHEEL_RATE * Math.min(Math.max(step, -MAX_WHEEL_STEP), MAX_WHEEL_STEP));
}

/** Return where at the border of a map a position outside it is marked, as { position, angle } with the direction (radians, clockwise
 * from the right) in which it lies; null for a position on the map.
 * @param {PlotArea} area @param {number[]} position */
export function markAtBorder(area, position) {
  if (area.contains(position)) return null;
  const { x, y, width, height } = area.box, inset = BORDER_MARK_INSET;
  const at = [Math.min(Math.max(position[0], x + inset), x + width - inset), Math.min(Math.max(position[1], y + inset), y + height - inset)];
  return { position: at, angle: Math.atan2(position[1] - at[1], position[0] - at[0]) };
}

/** Return the emptiest corner of a map for something of width × height px, as [left or right, top or bottom] of 0 and 1. Of equally
 * empty ones the first of top right, bottom right, top left, bottom left. points [2n], on the map.
 * @param {PlotArea} area @param {ArrayLike<number>} points @param {number} width @param {number} height */
export function findEmptiestCorner(area, points, width, height) {
  const { box } = area, corners = [[1, 0], [1, 1], [0, 0], [0, 1]], counts = [0, 0, 0, 0];
  const step = 2 * Math.ceil(points.length / (2 * MAX_COUNTED));
  for (let i = 0; i < points.length; i += step) {
    const [px, py] = area.toPixels([points[i], points[i + 1]]), left = px - box.x, top = py - box.y;
    corners.forEach(([isRight, isBottom], corner) => {
      const across = isRight ? box.width - left : left, down = isBottom ? box.height - top : top;
      if (across >= 0 && across < width && down >= 0 && down < height) counts[corner]++;
    });
  }
  return corners[counts.indexOf(Math.min(...counts))];
}
