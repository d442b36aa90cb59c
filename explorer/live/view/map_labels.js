// What is written and drawn on a map beside its points: rings of standard deviations, names of classes, and how many codes lie outside.

import { clipTo } from "./axes.js";
import { drawHaloText, traceCircle } from "./marks.js";

const MAX_CLASSES_ALL_LABELLED = 10; // as many classes as there are colours; of more, labels that would overlap are left out
const MIN_RING_SPACING = 12; // px between rings, below which they have no labels

/** Draw one, two and three standard deviations of the prior, or of the Gaussian fitted to the codes. */
export function drawRings(ctx, plotArea, plane, theme) {
  ctx.save();
  clipTo(ctx, plotArea);
  ctx.font = `${theme.lectureFontSize || 11}px ${theme.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineWidth = 1;
  const toPixels = (standardPoint) => plotArea.toPixels(plane.fromStandardUnits(standardPoint)), spacing = toPixels([0, 0])[1] - toPixels([0, 1])[1];
  for (const radius of [1, 2, 3]) {
    ctx.strokeStyle = theme.text;
    ctx.globalAlpha = 0.5;
    ctx.setLineDash([2, 3]);
    traceCircle(ctx, radius, toPixels, plotArea.box);
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
    if (spacing > Math.max(MIN_RING_SPACING, theme.lectureFontSize)) drawHaloText(ctx, `${radius} σ`, ...toPixels([0, radius]), theme);
  }
  ctx.restore();
}

/** Write the name of each shown class at its median, medians [2K]; of many classes, only those that do not overlap. */
export function drawLabels(ctx, plotArea, { classes, hiddenClasses, medians }, theme) {
  const placedLabels = [];
  ctx.font = `600 ${theme.lectureFontSize || 13}px ${theme.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  classes.forEach(({ name }, classIndex) => {
    const [x, y] = plotArea.toPixels([medians[2 * classIndex], medians[2 * classIndex + 1]]), width = ctx.measureText(name).width;
    const overlaps = classes.length > MAX_CLASSES_ALL_LABELLED && placedLabels.some((other) => Math.abs(other.x - x) < (other.width + width) / 2 && Math.abs(other.y - y) < (theme.lectureFontSize || 16));
    if (hiddenClasses.has(classIndex) || overlaps || !plotArea.contains([x, y])) return;
    placedLabels.push({ x, y, width });
    drawHaloText(ctx, name, x, y, theme);
  });
}

/** Write how many points lie outside the whole map; isLeft: in which of the upper corners. */
export function drawOutsideCount(ctx, plotArea, count, isLeft, theme) {
  const { box } = plotArea;
  ctx.font = `${theme.lectureFontSize || 11}px ${theme.font}`;
  ctx.textAlign = isLeft ? "left" : "right";
  ctx.textBaseline = "top";
  drawHaloText(ctx, `${count} code${count > 1 ? "s" : ""} outside this map`, isLeft ? box.x + 5 : box.x + box.width - 5, box.y + 5, theme);
}
