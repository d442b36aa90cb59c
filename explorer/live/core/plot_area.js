// The transformation between map coordinates and pixels on a canvas, and the ticks of its axes. Lengths are in CSS pixels.

const MARGIN = { left: 46, right: 10, top: 10, bottom: 40 };
const SMALL_MARGIN = { left: 26, right: 3, top: 3, bottom: 20 }; // of a small map, whose axes have no titles
const SMALL_MAP_WIDTH = 260;
const MIN_TICK_SPACING = 60;

export class PlotArea {
  /** bounds [x0, y0, x1, y1]: what must be visible; toScale: whether a unit has the same length on both axes; width, height: of the canvas.
   * @param {number[]} bounds @param {boolean} toScale @param {number} width @param {number} height */
  constructor(bounds, toScale, width, height) {
    const [x0, y0, x1, y1] = bounds;
    this.isSmall = width < SMALL_MAP_WIDTH;
    const margin = (this.margin = this.isSmall ? SMALL_MARGIN : MARGIN);
    this.box = { x: margin.left, y: margin.top, width: Math.max(width - margin.left - margin.right, 1), height: Math.max(height - margin.top - margin.bottom, 1) };
    const scaleX = this.box.width / (x1 - x0 || 1), scaleY = this.box.height / (y1 - y0 || 1);
    this.scale = toScale ? [Math.min(scaleX, scaleY), Math.min(scaleX, scaleY)] : [scaleX, scaleY]; // px per unit
    this.centre = [(x0 + x1) / 2, (y0 + y1) / 2];
  }

  /** @param {number[]} point */
  toPixels([x, y]) {
    const { box, scale, centre } = this;
    return [box.x + box.width / 2 + (x - centre[0]) * scale[0], box.y + box.height / 2 - (y - centre[1]) * scale[1]];
  }

  /** @param {number[]} position */
  toData([px, py]) {
    const { box, scale, centre } = this;
    return [centre[0] + (px - box.x - box.width / 2) / scale[0], centre[1] - (py - box.y - box.height / 2) / scale[1]];
  }

  /** @param {number[]} position */
  contains([px, py]) {
    const { x, y, width, height } = this.box;
    return px >= x && py >= y && px <= x + width && py <= y + height;
  }

  /** @param {number[]} position */
  clamp([px, py]) {
    const { x, y, width, height } = this.box;
    return [Math.min(Math.max(px, x), x + width), Math.min(Math.max(py, y), y + height)];
  }
}

/** Return round values between low and high that are at least MIN_TICK_SPACING px apart on a line of pixelLength.
 * @param {number} low @param {number} high @param {number} pixelLength */
export function computeTicks(low, high, pixelLength) {
  const roughStep = (high - low) / Math.max(pixelLength / MIN_TICK_SPACING, 1), power = 10 ** Math.floor(Math.log10(roughStep));
  const step = [1, 2, 5, 10].map((multiple) => multiple * power).find((candidate) => candidate >= roughStep) ?? 10 * power;
  const first = Math.ceil(low / step), count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
