// What is drawn above the points of a map: Gaussians, paths and marks. Positions and sizes are in CSS pixels, except a covariance,
// which is in map units.

const MIN_ELLIPSE_SEGMENTS = 64;
export const POINT_MARK_RADIUS = 5; // px
export const PATH_STEP_RADIUS = 3; // px; also of a sample

/** Return how many line segments look like an ellipse with a radius (px): they leave it by a quarter pixel at most. */
export const countSegments = (radius) => Math.max(MIN_ELLIPSE_SEGMENTS, Math.ceil(Math.PI * Math.sqrt(2 * radius)));

/**
 * Draw one and two standard deviations of a Gaussian. [a, b, c]: the Cholesky factor of its covariance on the map; scale: px per unit.
 * Return whether it is large enough to be seen.
 */
export function drawGaussian(ctx, [x, y], [a, b, c], scale) {
  const size = Math.max(a * scale[0], Math.hypot(b, c) * scale[1]), segments = countSegments(2 * size);
  for (const radius of [1, 2]) {
    ctx.beginPath();
    for (let i = 0; i < segments; i++) {
      const right = radius * Math.cos((2 * Math.PI * i) / segments), up = radius * Math.sin((2 * Math.PI * i) / segments);
      ctx.lineTo(x + a * right * scale[0], y - (b * right + c * up) * scale[1]);
    }
    ctx.closePath();
    strokeOutlined(ctx, 2);
  }
  return 2 * size > POINT_MARK_RADIUS;
}

/** Draw a path through the positions. A step in a gap is a cross; a faint path is a thin dashed line without steps. */
export function drawPath(ctx, positions, gaps, faint) {
  ctx.beginPath();
  for (const position of positions) ctx.lineTo(...position);
  ctx.setLineDash(faint ? [2, 5] : []);
  strokeOutlined(ctx, faint ? 1 : 2);
  ctx.setLineDash([]);
  if (faint) return;
  positions.forEach(([x, y], i) => {
    if (!gaps[i]) return drawMark(ctx, [x, y], PATH_STEP_RADIUS);
    ctx.beginPath();
    for (const sign of [-1, 1]) {
      ctx.moveTo(x - POINT_MARK_RADIUS, y - sign * POINT_MARK_RADIUS);
      ctx.lineTo(x + POINT_MARK_RADIUS, y + sign * POINT_MARK_RADIUS);
    }
    strokeOutlined(ctx, 2);
  });
}

export function drawMark(ctx, [x, y], radius) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  strokeOutlined(ctx, 1.5);
}

/** Stroke the current path in white with a black outline, so that it is visible on every colour. */
export function strokeOutlined(ctx, width) {
  ctx.strokeStyle = "#000";
  ctx.lineWidth = width + 2;
  ctx.stroke();
  ctx.strokeStyle = "#fff";
  ctx.lineWidth = width;
  ctx.stroke();
}

/** Draw text with a halo, so that it is readable on points. */
export function drawHaloText(ctx, text, x, y, theme) {
  ctx.strokeStyle = theme.background;
  ctx.lineWidth = 3;
  ctx.lineJoin = "round";
  ctx.strokeText(text, x, y);
  ctx.fillStyle = theme.text;
  ctx.fillText(text, x, y);
  ctx.lineWidth = 1;
}
