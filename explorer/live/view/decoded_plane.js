// The images that the plane of a map decodes to, behind its points: a coarse grid while the decoder changes, a fine one when it rests.

import { createElement } from "./dom.js";

const COARSE_TILE = 44; // px of a tile, about
const FINE_TILE = 22;
const OPACITY = 0.33;
const MAX_SHARE = 0.15; // of the time, that a decoder which changes may take

export class DecodedPlane {
  /** shape [C, H, W]; decode(codes [n, D]): the images [n, pixels]. */
  constructor(shape, decode) {
    Object.assign(this, { shape, decode, isShown: true, isStale: true, isFine: false, costMs: 0, time: 0 });
    this.canvas = createElement("canvas");
  }

  /** Note that the decoder has changed. */
  invalidate() {
    this.isStale = true;
    this.isFine = false;
  }

  /** Decode again, if the decoder or the view has changed, and enough time has passed; if isAtRest, at once, and finely unless the view
   * moves. Return whether the picture has changed. */
  refresh(plotArea, plane, isAtRest, theme) {
    if (!this.isShown || !plotArea) return false;
    const { box } = plotArea, corners = [plotArea.toData([box.x, box.y + box.height]), plotArea.toData([box.x + box.width, box.y])];
    const view = [corners, theme.text, theme.background].join(), isMoved = view !== this.view, start = performance.now();
    if (!this.isStale && !isMoved && (this.isFine || !isAtRest)) return false;
    if (!isAtRest && start - this.time < this.costMs / MAX_SHARE) return false;
    const isFine = isAtRest && !isMoved;
    this.paint(plotArea, plane, corners, isFine ? FINE_TILE : COARSE_TILE, theme);
    Object.assign(this, { view, isStale: false, isFine, time: start });
    if (!isFine) this.costMs = performance.now() - start;
    return true;
  }

  paint({ box }, plane, [[x0, y0], [x1, y1]], tile, theme) {
    const [channels, height, width] = this.shape, columns = Math.max(2, Math.round(box.width / tile)), rows = Math.max(2, Math.round((box.height / tile) * (width / height)));
    const D = plane.centre.length, codes = new Float32Array(rows * columns * D);
    for (let row = 0, i = 0; row < rows; row++)
      for (let column = 0; column < columns; column++, i += D)
        codes.set(plane.moveTo(plane.centre, [x0 + ((column + 0.5) / columns) * (x1 - x0), y1 - ((row + 0.5) / rows) * (y1 - y0)]), i);
    const images = this.decode(codes), imageData = new ImageData(columns * width, rows * height), { data } = imageData, size = height * width;
    const [r, g, b] = theme.rgb;
    for (let tileIndex = 0; tileIndex < rows * columns; tileIndex++) {
      const first = tileIndex * channels * size, left = (tileIndex % columns) * width, top = Math.floor(tileIndex / columns) * height;
      for (let p = 0; p < size; p++) {
        const at = 4 * ((top + Math.floor(p / width)) * columns * width + left + (p % width));
        if (channels === 3) for (let c = 0; c < 3; c++) data[at + c] = 255 * images[first + c * size + p];
        else [data[at], data[at + 1], data[at + 2]] = [r, g, b]; // grey pixels are ink in the colour of the text
        data[at + 3] = 255 * OPACITY * (channels === 3 ? 1 : images[first + p]);
      }
    }
    Object.assign(this.canvas, { width: imageData.width, height: imageData.height });
    this.canvas.getContext("2d").putImageData(imageData, 0, 0);
    this.bounds = [x0, y0, x1, y1];
  }

  draw(ctx, plotArea) {
    if (!this.isShown || !this.bounds) return;
    const [x0, y0, x1, y1] = this.bounds, [left, top] = plotArea.toPixels([x0, y1]), [right, bottom] = plotArea.toPixels([x1, y0]);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(this.canvas, left, top, right - left, bottom - top);
    ctx.imageSmoothingEnabled = true;
  }
}
