// Test images drawn small at their codes, framed in the colour of their class.

import { chooseThumbnails, thumbnailAt } from "../core/thumbnails.js";
import { clipTo } from "./axes.js";

const MIN_THUMBNAIL_ZOOM = 4; // from which images are shown unasked
const THUMBNAIL_SIDE = 28; // px, the longer side of an image
const SMALL_THUMBNAIL_SIDE = 20; // px, on a small map
const FRAME_WIDTH = 2; // px

export class Thumbnails {
  constructor() {
    Object.assign(this, { images: null, rows: [], size: [1, 1] });
  }

  /** images: { sheet: a canvas with the images of the first imageCount rows in so many columns, shape: [C, H, W] of each }; the sheet may
   * come later. */
  setImages(images) {
    this.images = images;
  }

  get haveArrived() { return Boolean(this.images?.sheet); }

  /** Return whether thumbnails are shown in a view, of which showsImages is true, false, or null if nobody has chosen. */
  areShown({ zoom, showsImages }) {
    return this.haveArrived && (showsImages ?? zoom >= MIN_THUMBNAIL_ZOOM);
  }

  /** Choose the thumbnails anew and draw them; or, if they are not shown, forget them. */
  draw(ctx, { plotArea, pixelPositions, labels, hiddenClasses, metadata, view }) {
    if (!this.areShown(view)) return void (this.rows = []);
    const { sheet, imageCount, columns, shape: [, height, width] } = this.images, side = plotArea.isSmall ? SMALL_THUMBNAIL_SIDE : THUMBNAIL_SIDE;
    const scale = side / Math.max(width, height), [innerWidth, innerHeight] = [width * scale, height * scale];
    this.size = [innerWidth + 2 * FRAME_WIDTH, innerHeight + 2 * FRAME_WIDTH];
    this.rows = chooseThumbnails(pixelPositions, Math.min(imageCount, labels.length), (row) => !hiddenClasses.has(labels[row]), this.size, plotArea.box, this.rows);
    ctx.save();
    clipTo(ctx, plotArea);
    ctx.imageSmoothingEnabled = scale < 1;
    for (const row of this.rows) {
      const left = Math.round(pixelPositions[2 * row] - this.size[0] / 2), top = Math.round(pixelPositions[2 * row + 1] - this.size[1] / 2);
      ctx.fillStyle = metadata.classes[labels[row]].colour;
      ctx.fillRect(left, top, ...this.size);
      ctx.drawImage(sheet, (row % columns) * width, Math.floor(row / columns) * height, width, height, left + FRAME_WIDTH, top + FRAME_WIDTH, innerWidth, innerHeight);
    }
    ctx.restore();
  }

  /** Return the row whose thumbnail covers a position, or -1. */
  rowAt(pixelPositions, position) {
    return thumbnailAt(pixelPositions, this.rows, this.size, position);
  }
}
