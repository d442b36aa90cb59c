// The ellipse of a Gaussian in a plot.

/** @typedef {import("./scale.js").Scale} Scale */

/** Return the ellipse of one standard deviation of a Gaussian with a mean [x, y] and a covariance [[a, b], [b, c]], on linear scales:
 * its centre, its half-axes rx ≥ ry (px), and the angle of the first (degrees, clockwise on the screen).
 * @param {number[]} mean @param {number[][]} covariance @param {Scale} x @param {Scale} y */
export function pixelEllipse(mean, covariance, x, y) {
  const unitX = x.toPixels(1) - x.toPixels(0), unitY = y.toPixels(1) - y.toPixels(0); // px per unit; y is usually negative
  const a = covariance[0][0] * unitX * unitX, b = covariance[0][1] * unitX * unitY, c = covariance[1][1] * unitY * unitY;
  const middle = (a + c) / 2, difference = Math.hypot((a - c) / 2, b);
  return {
    cx: x.toPixels(mean[0]), cy: y.toPixels(mean[1]),
    rx: Math.sqrt(Math.max(middle + difference, 0)), ry: Math.sqrt(Math.max(middle - difference, 0)),
    angle: (Math.atan2(2 * b, a - c) / 2) * (180 / Math.PI),
  };
}
