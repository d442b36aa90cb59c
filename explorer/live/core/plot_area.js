// The transformation between map coordinates and pixels on a canvas, and the ticks of its axes. Lengths are in CSS pixels.

const MARGIN = { left: 46, right: 10, top: 10, bottom: 40 };
const SMALL_MARGIN = { left: 26, right: 3, top: 3, bottom: 20 }; // of a small map, whose axes have no titles
const SMALL_MAP_WIDTH = 260;
const MIN_TICK_SPACING = 60;

export class PlotArea {
  /** bounds [x0, y0, x1, y1]: what must be visible at zoom 1; toScale: whether a unit has the same length on both axes; otherwise only
   * the horizontal axis is zoomed; width, height: of the canvas; view: how far it is zoomed in, and around which point.
   * typeScale: how much larger than usual the texts are.
   * @param {number[]} bounds @param {boolean} toScale @param {number} width @param {number} height
   * @param {{ zoom: number, centre: number[] }} [view] @param {number} [typeScale] */
  constructor(bounds, toScale, width, height, view, typeScale = 1) {
    const [x0, y0, x1, y1] = bounds;
    this.typeScale = typeScale;
    this.isSmall = width < SMALL_MAP_WIDTH * typeScale;
    const { left, right, top, bottom } = this.isSmall ? SMALL_MARGIN : MARGIN;
    const margin = (this.margin = { left: left * typeScale, right, top, bottom: (bottom * (typeScale + 1)) / 2 });
    this.box = { x: margin.left, y: margin.top, width: Math.max(width - margin.left - margin.right, 1), height: Math.max(height - margin.top - margin.bottom, 1) };
    const scaleX = this.box.width / (x1 - x0 || 1), scaleY = this.box.height / (y1 - y0 || 1);
    this.toScale = toScale;
    this.fitScale = toScale ? [Math.min(scaleX, scaleY), Math.min(scaleX, scaleY)] : [scaleX, scaleY]; // px per unit at zoom 1
    this.fitCentre = [(x0 + x1) / 2, (y0 + y1) / 2];
    this.zoom = view ? view.zoom : 1;
    this.scale = this.scaleAt(this.zoom); // px per unit
    this.centre = view ? this.limitCentre(view.centre, this.zoom) : this.fitCentre;
  }

  /** The position in the middle. */
  get middle() { return [this.box.x + this.box.width / 2, this.box.y + this.box.height / 2]; }

  /** @param {number} zoom */
  scaleAt(zoom) { return [this.fitScale[0] * zoom, this.fitScale[1] * (this.toScale ? zoom : 1)]; }

  /** Return the centre nearest to the given one with which nothing outside the whole map is seen at a zoom.
   * @param {number[]} centre @param {number} zoom */
  limitCentre(centre, zoom) {
    const scale = this.scaleAt(zoom);
    return [this.box.width, this.box.height].map((size, i) => {
      const reach = Math.max(size / this.fitScale[i] - size / scale[i], 0) / 2;
      return Math.min(Math.max(centre[i], this.fitCentre[i] - reach), this.fitCentre[i] + reach);
    });
  }

  /** Return whether a point lies on the whole map.
   * @param {number[]} point */
  holds(point) {
    return [this.box.width, this.box.height].every((size, i) => Math.abs(point[i] - this.fitCentre[i]) <= size / this.fitScale[i] / 2);
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
