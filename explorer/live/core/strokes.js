// The pixels of a drawing, computed from its strokes. A stroke is { erases, points: [[x, y], …] } in units of the side, or { clears: true }.

export const BRUSH_WIDTH = 0.08; // in units of the side
export const ERASER_WIDTH = 0.14; // in units of the side

/** @typedef {{ clears?: boolean, erases?: boolean, points?: number[][] }} Stroke */

/** Return how much of each pixel [side, side] a stroke covers, from 0 to 1. A stroke has round ends and an edge one pixel soft.
 * @param {number[][]} points @param {number} width @param {number} side */
function strokeCoverage(points, width, side) {
  const coverage = new Float32Array(side * side), radius = (width * side) / 2;
  for (let i = 0; i < points.length; i++) {
    const [[x0, y0], [x1, y1]] = [points[Math.max(0, i - 1)], points[i]].map((point) => point.map((v) => v * side));
    const dx = x1 - x0, dy = y1 - y0, length = dx * dx + dy * dy;
    const firstPixel = (/** @type {number} */ a, /** @type {number} */ b) => Math.max(Math.floor(Math.min(a, b) - radius - 1), 0), endPixel = (/** @type {number} */ a, /** @type {number} */ b) => Math.min(Math.ceil(Math.max(a, b) + radius + 1), side);
    for (let y = firstPixel(y0, y1); y < endPixel(y0, y1); y++)
      for (let x = firstPixel(x0, x1); x < endPixel(x0, x1); x++) {
        const px = x + 0.5 - x0, py = y + 0.5 - y0, along = length ? Math.min(Math.max((px * dx + py * dy) / length, 0), 1) : 0;
        const covered = Math.min(Math.max(radius + 0.5 - Math.hypot(px - along * dx, py - along * dy), 0), 1);
        coverage[y * side + x] = Math.max(coverage[y * side + x], covered);
      }
  }
  return coverage;
}

/** Return uint8 grey [side, side], computed from the strokes because browsers may add noise to a canvas that is read back.
 * @param {Stroke[]} strokes @param {number} side */
export function drawPixels(strokes, side) {
  const brightness = new Float32Array(side * side);
  for (const { clears, erases, points = [] } of strokes) {
    if (clears) brightness.fill(0);
    else strokeCoverage(points, erases ? ERASER_WIDTH : BRUSH_WIDTH, side).forEach((covered, i) => (brightness[i] += covered * ((erases ? 0 : 1) - brightness[i])));
  }
  return Uint8Array.from(brightness, (value) => Math.round(255 * value));
}

/** Return base64 of drawPixels().
 * @param {Stroke[]} strokes @param {number} side */
export const encodePixels = (strokes, side) => btoa(String.fromCharCode(...drawPixels(strokes, side)));
