// The shading of gaps on the map.

import { GAP_LEVEL } from "../core/gaps.js";

const EDGE_SOFTNESS = 6; // levels on either side of the threshold over which the shading fades
const MAX_OPACITY = 0.22; // from 0 to 1
const MAX_FORCED_COLORS_OPACITY = 0.45;

export class GapShading {
  /** film: of the map, with the tensors gap_levels and gap_bounds. */
  constructor(film) {
    this.film = film;
    [this.rows, this.columns] = film.frameTensors.gap_levels.shape.slice(1);
    this.canvas = document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [this.columns, this.rows];
  }

  draw(ctx, plotArea, theme) {
    const [x0, y0, x1, y1] = this.film.interpolate("gap_bounds");
    const key = [this.film.position, theme.rgb, theme.forcedColors].join();
    if (key !== this.paintedKey) this.paint(theme);
    this.paintedKey = key;
    const [left, top] = plotArea.toPixels([x0, y1]), [right, bottom] = plotArea.toPixels([x1, y0]);
    ctx.drawImage(this.canvas, left, top, right - left, bottom - top);
  }

  /** Paint one pixel a cell. */
  paint(theme) {
    const { rows, columns, canvas, film: { frame, fraction, frameTensors: { gap_levels: { data } } } } = this;
    const imageData = new ImageData(columns, rows), pixels = new Int32Array(imageData.data.buffer), [r, g, b] = theme.rgb, packedColour = (b << 16) | (g << 8) | r, maxOpacity = theme.forcedColors ? MAX_FORCED_COLORS_OPACITY : MAX_OPACITY;
    const firstCell = frame * rows * columns, nextFrameOffset = fraction ? rows * columns : 0;
    for (let row = 0, i = 0; row < rows; row++)
      for (let cell = firstCell + (rows - 1 - row) * columns, end = cell + columns; cell < end; cell++, i++) {
        const depth = (data[cell] + fraction * (data[cell + nextFrameOffset] - data[cell]) - GAP_LEVEL + EDGE_SOFTNESS) / (2 * EDGE_SOFTNESS);
        pixels[i] = ((255 * maxOpacity * Math.min(Math.max(depth, 0), 1)) << 24) | packedColour;
      }
    canvas.getContext("2d").putImageData(imageData, 0, 0);
  }
}
