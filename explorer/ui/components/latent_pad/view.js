// The transformation between map coordinates and pixels on the canvas, and the axes. Lengths are in CSS pixels.

const MARGIN = { left: 46, right: 10, top: 10, bottom: 40 };
const SMALL_MARGIN = { left: 26, right: 3, top: 3, bottom: 20 }; // of a small map, whose axes have no titles
const SMALL_MAP_WIDTH = 260;
const TICK_LENGTH = 5;
const MIN_TICK_SPACING = 60;

export class View {
  /** bounds [x0, y0, x1, y1]: what must be visible; toScale: whether a unit has the same length on both axes. */
  constructor(bounds, toScale, width, height) {
    const [x0, y0, x1, y1] = bounds;
    const margin = (this.margin = width < SMALL_MAP_WIDTH ? SMALL_MARGIN : MARGIN);
    this.box = { x: margin.left, y: margin.top, width: Math.max(width - margin.left - margin.right, 1), height: Math.max(height - margin.top - margin.bottom, 1) };
    const scaleX = this.box.width / (x1 - x0 || 1), scaleY = this.box.height / (y1 - y0 || 1);
    this.scale = toScale ? [Math.min(scaleX, scaleY), Math.min(scaleX, scaleY)] : [scaleX, scaleY]; // px per unit
    this.centre = [(x0 + x1) / 2, (y0 + y1) / 2];
  }

  toPixels([x, y]) {
    const { box, scale, centre } = this;
    return [box.x + box.width / 2 + (x - centre[0]) * scale[0], box.y + box.height / 2 - (y - centre[1]) * scale[1]];
  }

  toData([px, py]) {
    const { box, scale, centre } = this;
    return [centre[0] + (px - box.x - box.width / 2) / scale[0], centre[1] - (py - box.y - box.height / 2) / scale[1]];
  }

  contains([px, py]) {
    const { x, y, width, height } = this.box;
    return px >= x && py >= y && px <= x + width && py <= y + height;
  }

  clamp([px, py]) {
    const { x, y, width, height } = this.box;
    return [Math.min(Math.max(px, x), x + width), Math.min(Math.max(py, y), y + height)];
  }

  clip(ctx) {
    const { x, y, width, height } = this.box;
    ctx.beginPath();
    ctx.rect(x, y, width, height);
    ctx.clip();
  }

  drawAxes(ctx, titles, theme) {
    const { box } = this, right = box.x + box.width, bottom = box.y + box.height;
    ctx.strokeStyle = ctx.fillStyle = theme.mutedText;
    ctx.lineWidth = 1;
    ctx.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
    ctx.font = `12px ${theme.font}`;
    const [leftValue, bottomValue] = this.toData([box.x, bottom]), [rightValue, topValue] = this.toData([right, box.y]);
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    for (const value of computeTicks(leftValue, rightValue, box.width)) {
      const [px] = this.toPixels([value, 0]);
      ctx.fillRect(Math.round(px), bottom, 1, TICK_LENGTH);
      ctx.fillText(formatNumber(value), px, bottom + TICK_LENGTH + 2);
    }
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    for (const value of computeTicks(bottomValue, topValue, box.height)) {
      const [, py] = this.toPixels([0, value]);
      ctx.fillRect(box.x - TICK_LENGTH, Math.round(py), TICK_LENGTH, 1);
      ctx.fillText(formatNumber(value), box.x - TICK_LENGTH - 3, py);
    }
    if (this.margin === SMALL_MARGIN) return;
    ctx.fillStyle = theme.text;
    ctx.font = `13px ${theme.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "bottom";
    ctx.fillText(titles[0], box.x + box.width / 2, bottom + MARGIN.bottom - 1, box.width);
    ctx.save();
    ctx.translate(1, box.y + box.height / 2);
    ctx.rotate(-Math.PI / 2);
    ctx.textBaseline = "top";
    ctx.fillText(titles[1], 0, 0, box.height);
    ctx.restore();
  }
}

/** Return round values between low and high that are at least MIN_TICK_SPACING px apart on a line of pixelLength. */
export function computeTicks(low, high, pixelLength) {
  const roughStep = (high - low) / Math.max(pixelLength / MIN_TICK_SPACING, 1), power = 10 ** Math.floor(Math.log10(roughStep));
  const step = [1, 2, 5, 10].map((multiple) => multiple * power).find((candidate) => candidate >= roughStep);
  const first = Math.ceil(low / step), count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Return a number as text with a true minus sign. */
export const formatNumber = (value, digits) => (digits === undefined ? String(value) : value.toFixed(digits)).replace("-", "\u2212");
