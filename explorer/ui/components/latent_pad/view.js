// From the map's coordinates to the canvas's, with axes to read them by. Lengths are CSS pixels.

const MARGIN = { left: 46, right: 10, top: 10, bottom: 40 };
const SLIM = { left: 26, right: 3, top: 3, bottom: 20 }; // of a small map, whose axes have no titles
const SMALL = 260;
const TICK = 5;
const BETWEEN = 60; // ticks, at least

export class View {
  /** bounds [x0, y0, x1, y1] that must be seen; to scale, one unit is as long on both axes. */
  constructor(bounds, toScale, width, height) {
    const [x0, y0, x1, y1] = bounds;
    const margin = (this.margin = width < SMALL ? SLIM : MARGIN);
    this.box = { x: margin.left, y: margin.top, width: Math.max(width - margin.left - margin.right, 1), height: Math.max(height - margin.top - margin.bottom, 1) };
    const across = this.box.width / (x1 - x0 || 1), up = this.box.height / (y1 - y0 || 1);
    this.scale = toScale ? [Math.min(across, up), Math.min(across, up)] : [across, up]; // px per unit
    this.middle = [(x0 + x1) / 2, (y0 + y1) / 2];
  }

  toPixels([x, y]) {
    const { box, scale, middle } = this;
    return [box.x + box.width / 2 + (x - middle[0]) * scale[0], box.y + box.height / 2 - (y - middle[1]) * scale[1]];
  }

  toData([px, py]) {
    const { box, scale, middle } = this;
    return [middle[0] + (px - box.x - box.width / 2) / scale[0], middle[1] - (py - box.y - box.height / 2) / scale[1]];
  }

  inside([px, py]) {
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

  drawAxes(ctx, titles, ink) {
    const { box } = this, right = box.x + box.width, bottom = box.y + box.height;
    ctx.strokeStyle = ctx.fillStyle = ink.quiet;
    ctx.lineWidth = 1;
    ctx.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
    ctx.font = `12px ${ink.font}`;
    const [left, low] = this.toData([box.x, bottom]), [far, high] = this.toData([right, box.y]);
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    for (const v of ticks(left, far, box.width)) {
      const [px] = this.toPixels([v, 0]);
      ctx.fillRect(Math.round(px), bottom, 1, TICK);
      ctx.fillText(number(v), px, bottom + TICK + 2);
    }
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    for (const v of ticks(low, high, box.height)) {
      const [, py] = this.toPixels([0, v]);
      ctx.fillRect(box.x - TICK, Math.round(py), TICK, 1);
      ctx.fillText(number(v), box.x - TICK - 3, py);
    }
    if (this.margin === SLIM) return;
    ctx.fillStyle = ink.text;
    ctx.font = `13px ${ink.font}`;
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

/** Round values between low and high, at least BETWEEN px apart. */
export function ticks(low, high, length) {
  const rough = (high - low) / Math.max(length / BETWEEN, 1), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const first = Math.ceil(low / step), count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

export const number = (v, digits) => (digits === undefined ? String(v) : v.toFixed(digits)).replace("-", "\u2212");
