// The axes around a plot area.

import { formatNumber } from "../core/format.js";
import { computeTicks } from "../core/plot_area.js";

const TICK_LENGTH = 5; // px
const TITLE_HEIGHT = 12; // px
export const TICK_FONT_SIZE = 12; // px

/** Draw the axes of a plot area with their ticks and, unless it is small, titles [x, y]. */
export function drawAxes(ctx, plotArea, titles, theme) {
  const { box, margin } = plotArea, right = box.x + box.width, bottom = box.y + box.height;
  ctx.strokeStyle = ctx.fillStyle = theme.lectureFontSize ? theme.text : theme.mutedText;
  ctx.lineWidth = 1;
  ctx.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
  const fontSize = theme.lectureFontSize || TICK_FONT_SIZE, { typeScale } = plotArea;
  ctx.font = `${fontSize}px ${theme.font}`;
  const [leftValue, bottomValue] = plotArea.toData([box.x, bottom]), [rightValue, topValue] = plotArea.toData([right, box.y]);
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  for (const value of computeTicks(leftValue, rightValue, box.width / Math.sqrt(typeScale))) {
    const [px] = plotArea.toPixels([value, 0]);
    ctx.fillRect(Math.round(px), bottom, 1, TICK_LENGTH);
    ctx.fillText(formatNumber(value), px, bottom + TICK_LENGTH + 2);
  }
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const value of computeTicks(bottomValue, topValue, box.height / Math.sqrt(typeScale))) {
    const [, py] = plotArea.toPixels([0, value]);
    ctx.fillRect(box.x - TICK_LENGTH, Math.round(py), TICK_LENGTH, 1);
    drawTickLabel(ctx, formatNumber(value), box.x - TICK_LENGTH - 3, py, plotArea.isSmall ? 0 : TITLE_HEIGHT * typeScale);
  }
  if (plotArea.isSmall) return;
  ctx.fillStyle = theme.text;
  ctx.font = `${theme.lectureFontSize || 13}px ${theme.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "bottom";
  ctx.fillText(titles[0], box.x + box.width / 2, bottom + margin.bottom - 1, box.width);
  ctx.save();
  ctx.translate(1, box.y + box.height / 2);
  ctx.rotate(-Math.PI / 2);
  ctx.textBaseline = "top";
  ctx.fillText(titles[1], 0, 0, box.height);
  ctx.restore();
}

/** Write the label of a tick left of x; upwards, if it would reach the first px of the map, where the title is. */
function drawTickLabel(ctx, text, x, y, titleHeight) {
  if (ctx.measureText(text).width <= x - titleHeight) return ctx.fillText(text, x, y);
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(-Math.PI / 2);
  ctx.textAlign = "center";
  ctx.textBaseline = "bottom";
  ctx.fillText(text, 0, 0);
  ctx.restore();
}

/** Limit what is drawn to a plot area, until ctx.restore(). */
export function clipTo(ctx, plotArea) {
  const { x, y, width, height } = plotArea.box;
  ctx.beginPath();
  ctx.rect(x, y, width, height);
  ctx.clip();
}
