// What is drawn over a map's points: clouds, paths, marks. Places and sizes are CSS pixels, but for a cloud's own.

const AROUND = 64; // corners of an ellipse
const MARK = 5; // px, the radius of what marks a point
const STEP = 3; // px, of a step on a path, or a draw

/**
 * One and two standard deviations of a Gaussian; [a, b, c]: the Cholesky factor of its covariance on the map; scale: px per unit.
 * Whether it is large enough to be seen.
 */
function drawCloud(ctx, [x, y], [a, b, c], scale) {
  for (const radius of [1, 2]) {
    ctx.beginPath();
    for (let i = 0; i < AROUND; i++) {
      const right = radius * Math.cos((2 * Math.PI * i) / AROUND), up = radius * Math.sin((2 * Math.PI * i) / AROUND);
      ctx.lineTo(x + a * right * scale[0], y - (b * right + c * up) * scale[1]);
    }
    ctx.closePath();
    outlined(ctx, 2);
  }
  return 2 * Math.max(a * scale[0], Math.hypot(b, c) * scale[1]) > MARK;
}

/** Places in order; a step in a gap is a cross; a quiet path is a thin line without steps. */
function drawPath(ctx, places, gaps, quiet) {
  ctx.beginPath();
  for (const place of places) ctx.lineTo(...place);
  ctx.setLineDash(quiet ? [2, 5] : []);
  outlined(ctx, quiet ? 1 : 2);
  ctx.setLineDash([]);
  if (quiet) return;
  places.forEach(([x, y], i) => {
    if (!gaps[i]) return drawMark(ctx, [x, y], STEP);
    ctx.beginPath();
    for (const way of [-1, 1]) {
      ctx.moveTo(x - MARK, y - way * MARK);
      ctx.lineTo(x + MARK, y + way * MARK);
    }
    outlined(ctx, 2);
  });
}

function drawMark(ctx, [x, y], radius) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  outlined(ctx, 1.5);
}

/** The current path in white between black: to be seen on every colour. */
function outlined(ctx, width) {
  ctx.strokeStyle = "#000";
  ctx.lineWidth = width + 2;
  ctx.stroke();
  ctx.strokeStyle = "#fff";
  ctx.lineWidth = width;
  ctx.stroke();
}
