// The shading of gaps on the map: regions where the Gaussian fitted to the codes has samples, but no code is near.

const GAP_THRESHOLD = 128; // a level above this is a gap (explorer.latent.gap_map)
const EDGE_SOFTNESS = 6; // levels on either side of the threshold over which the shading fades
const MAX_OPACITY = 0.22, MAX_FORCED_COLORS_OPACITY = 0.45; // from 0 to 1

export class GapShading {
  /** film: of the map, with the tensors gap_levels and gap_bounds. */
  constructor(film) {
    this.film = film;
    [this.rows, this.columns] = film.frameTensors.gap_levels.shape.slice(1);
    this.canvas = document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [this.columns, this.rows];
  }

  draw(ctx, view, theme) {
    const { rows, columns, canvas, film: { frame, fraction, frameTensors: { gap_levels: { data } } } } = this, [x0, y0, x1, y1] = this.film.interpolate("gap_bounds");
    const imageData = new ImageData(columns, rows), pixels = new Int32Array(imageData.data.buffer), [r, g, b] = theme.rgb, packedColour = (b << 16) | (g << 8) | r, maxOpacity = theme.forcedColors ? MAX_FORCED_COLORS_OPACITY : MAX_OPACITY;
    const firstCell = frame * rows * columns, nextFrameOffset = fraction ? rows * columns : 0;
    for (let row = 0, i = 0; row < rows; row++)
      for (let cell = firstCell + (rows - 1 - row) * columns, end = cell + columns; cell < end; cell++, i++) {
        const depth = (data[cell] + fraction * (data[cell + nextFrameOffset] - data[cell]) - GAP_THRESHOLD + EDGE_SOFTNESS) / (2 * EDGE_SOFTNESS);
        pixels[i] = ((255 * maxOpacity * Math.min(Math.max(depth, 0), 1)) << 24) | packedColour;
      }
    canvas.getContext("2d").putImageData(imageData, 0, 0);
    const [left, top] = view.toPixels([x0, y1]), [right, bottom] = view.toPixels([x1, y0]);
    ctx.drawImage(canvas, left, top, right - left, bottom - top);
  }

  /** Return whether a point of the map lies in a gap, or null where that was not computed. */
  isGap([x, y]) {
    const { film, rows, columns } = this, [x0, y0, x1, y1] = film.interpolate("gap_bounds");
    const column = Math.floor(((x - x0) / (x1 - x0)) * columns), row = Math.floor(((y - y0) / (y1 - y0)) * rows);
    if (column < 0 || column >= columns || row < 0 || row >= rows) return null;
    const [level] = film.interpolate("gap_levels", row * columns + column, 1);
    return level ? level > GAP_THRESHOLD : null;
  }
}
