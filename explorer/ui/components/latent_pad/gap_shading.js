// Gaps on the map: where a draw of the codes' own Gaussian would meet no code.

const EDGE = 128; // above it lies a gap (explorer.latent.gap_map)
const SOFT = 6; // on either side of the edge
const STRONGEST = 0.22, FORCED = 0.45; // opacity; among forced colours

export class Shade {
  /** film: the map's, with the parts shade and shade_bounds. */
  constructor(film) {
    this.film = film;
    [this.rows, this.columns] = film.parts.shade.shape.slice(1);
    this.canvas = document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [this.columns, this.rows];
  }

  draw(ctx, view, ink) {
    const { rows, columns, canvas, film: { frame, t, parts: { shade: { data } } } } = this, [x0, y0, x1, y1] = this.film.part("shade_bounds");
    const image = new ImageData(columns, rows), pixels = new Int32Array(image.data.buffer), [r, g, b] = ink.rgb, colour = (b << 16) | (g << 8) | r, strongest = ink.forced ? FORCED : STRONGEST;
    const first = frame * rows * columns, later = t ? rows * columns : 0;
    for (let row = 0, i = 0; row < rows; row++)
      for (let k = first + (rows - 1 - row) * columns, end = k + columns; k < end; k++, i++) {
        const depth = (data[k] + t * (data[k + later] - data[k]) - EDGE + SOFT) / (2 * SOFT);
        pixels[i] = ((255 * strongest * Math.min(Math.max(depth, 0), 1)) << 24) | colour;
      }
    canvas.getContext("2d").putImageData(image, 0, 0);
    const [left, top] = view.toPixels([x0, y1]), [right, bottom] = view.toPixels([x1, y0]);
    ctx.drawImage(canvas, left, top, right - left, bottom - top);
  }

  /** Whether a point of the map lies in a gap; null beyond what was looked at. */
  at([x, y]) {
    const { film, rows, columns } = this, [x0, y0, x1, y1] = film.part("shade_bounds");
    const column = Math.floor(((x - x0) / (x1 - x0)) * columns), row = Math.floor(((y - y0) / (y1 - y0)) * rows);
    if (column < 0 || column >= columns || row < 0 || row >= rows) return null;
    const [shade] = film.part("shade", row * columns + column, 1);
    return shade ? shade > EDGE : null;
  }
}
