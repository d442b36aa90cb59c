// What is written and drawn on a map beside its points: rings of standard deviations, names of classes, and how many codes lie outside.

import { clipTo } from "./axes.js";
import { countSegments, drawHaloText } from "./marks.js";

const MAX_CLASSES_ALL_LABELLED = 10; // as many classes as there are colours; of more, labels that would overlap are left out
const MIN_RING_SPACING = 12; // px between rings, below which they have no labels

/** Draw one, two and three standard deviations of the prior, or of the Gaussian fitted to the codes. */
export function drawRings(ctx, plotArea, plane, theme) {
  ctx.save();
  clipTo(ctx, plotArea);
  ctx.font = `11px ${theme.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineWidth = 1;
  const [[left, top], [middleX, middle]] = [[0, 1], [0, 0]].map((standardPoint) => plotArea.toPixels(plane.fromStandardUnits(standardPoint))), spacing = Math.hypot(left - middleX, top - middle);
  for (const radius of [1, 2, 3]) {
    const toPixels = (angle) => plotArea.toPixels(plane.fromStandardUnits([radius * Math.cos(angle), radius * Math.sin(angle)]));
    ctx.strokeStyle = theme.text;
    ctx.globalAlpha = 0.5;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    traceVisible(ctx, plotArea, toPixels, countSegments(radius * spacing));
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
    if (middle - top > MIN_RING_SPACING) drawHaloText(ctx, `${radius} σ`, ...toPixels(Math.PI / 2), theme);
  }
  ctx.restore();
}

/** Add a closed curve of so many segments to the path, without those far from the plot area: dashes would be laid along all of them. */
function traceVisible(ctx, plotArea, toPixels, segments) {
  const { x, y, width, height } = plotArea.box, positions = Array.from({ length: segments + 1 }, (_, i) => toPixels((2 * Math.PI * i) / segments));
  const isBeyond = ([ax, ay], [bx, by]) => Math.max(ax, bx) < x || Math.min(ax, bx) > x + width || Math.max(ay, by) < y || Math.min(ay, by) > y + height;
  positions.forEach((position, i) => (i && !isBeyond(positions[i - 1], position) ? ctx.lineTo(...position) : ctx.moveTo(...position)));
}

/** Write the name of each shown class at its median, medians [2K]; of many classes, only those that do not overlap. */
export function drawLabels(ctx, plotArea, { classes, hiddenClasses, medians }, theme) {
  const placedLabels = [];
  ctx.font = `600 13px ${theme.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  classes.forEach(({ name }, classIndex) => {
    const [x, y] = plotArea.toPixels([medians[2 * classIndex], medians[2 * classIndex + 1]]), width = ctx.measureText(name).width;
    const overlaps = classes.length > MAX_CLASSES_ALL_LABELLED && placedLabels.some((other) => Math.abs(other.x - x) < (other.width + width) / 2 && Math.abs(other.y - y) < 16);
    if (hiddenClasses.has(classIndex) || overlaps || !plotArea.contains([x, y])) return;
    placedLabels.push({ x, y, width });
    drawHaloText(ctx, name, x, y, theme);
  });
}

/** Write how many points lie outside the whole map; isLeft: in which of the upper corners. */
export function drawOutsideCount(ctx, plotArea, count, isLeft, theme) {
  const { box } = plotArea;
  ctx.font = `11px ${theme.font}`;
  ctx.textAlign = isLeft ? "left" : "right";
  ctx.textBaseline = "top";
  drawHaloText(ctx, `${count} code${count > 1 ? "s" : ""} outside this map`, isLeft ? box.x + 5 : box.x + box.width - 5, box.y + 5, theme);
}
