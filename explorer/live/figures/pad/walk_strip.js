// The images that each run decodes on the straight path from a start to an end; steps in gaps are marked.

import { arrangeImages } from "../../core/image_grid.js";
import { nounOf, pictureOf, pictureShape } from "../../core/vector_picture.js";
import { paintImage, setText } from "../../view/dom.js";
import { createStrip } from "./strip.js";

const N_WALK_STEPS = 13;
const SLOW_PAINT_MS = 12; // a strip that takes longer is painted only after the cursor has stopped
const REPAINT_DELAY_MS = 150;

export class WalkStrip {
  constructor(sides) {
    this.paintMs = 0;
    this.strips = sides.filter((side) => side.network).map((side) => createStrip(side, "walk"));
  }

  /** walk: { start: map coordinates in standard deviations, rows: of the images at both ends, or null }. */
  show(walk, filmPosition) {
    clearTimeout(this.repaintTimer);
    const paint = () => {
      const startTime = performance.now();
      for (const strip of this.strips) this.paint(strip, walk, filmPosition);
      this.paintMs = performance.now() - startTime;
    };
    if (this.paintMs > SLOW_PAINT_MS) this.repaintTimer = setTimeout(paint, REPAINT_DELAY_MS);
    else paint();
  }

  paint(strip, walk, filmPosition) {
    const { side, canvas, caption, painted } = strip, isStatic = side.map.film.frameCount === 1;
    if (painted && painted.z === side.visibleZ && painted.walk === walk && (isStatic || painted.filmPosition === filmPosition)) return;
    strip.painted = { z: side.visibleZ, walk, filmPosition };
    const ends = walkEnds(side, walk), zs = pathZs(ends, N_WALK_STEPS), gaps = zs.map((z) => side.isInGap(z)), { image_shape: shape } = side.metadata, [channels, height, width] = pictureShape(shape);
    const barHeight = Math.max(1, Math.round(height / 12)), stepHeight = height + 2 * barHeight, step = new Float32Array(channels * stepHeight * width);
    const isDecoded = ends[1] === side.decodedZ && filmPosition === side.decodedFilmPosition && side.label === side.decodedLabel; // its image is here
    const images = side.batchDecoder.forward(isDecoded ? zs.slice(0, -1) : zs, filmPosition);
    if (isDecoded) images.push(side.decodedImage.pixels);
    const sheet = arrangeImages(N_WALK_STEPS, N_WALK_STEPS, [channels, stepHeight, width], (i) => {
      const image = pictureOf(images[i], shape);
      for (let c = 0; c < channels; c++) {
        step.set(image.subarray(c * height * width, (c + 1) * height * width), c * stepHeight * width);
        for (let y = height + barHeight; y < stepHeight; y++) step.fill(Number(gaps[i]), (c * stepHeight + y) * width + 1, (c * stepHeight + y + 1) * width - 1);
      }
      return step;
    });
    paintImage(canvas, sheet.pixels, sheet.shape);
    setText(caption, side.map.hasGaps ? `${gaps.filter(Boolean).length} of ${N_WALK_STEPS} steps in a gap` : "");
    canvas.setAttribute("aria-label", `${N_WALK_STEPS} ${nounOf(side.metadata.image_shape)}s decoded by the ${side.metadata.model} on the path ${describeEnds(walk, nounOf(side.metadata.image_shape))}. ${caption.textContent}`);
  }

  close() {
    clearTimeout(this.repaintTimer);
  }
}

/** Return where the path of a side starts and ends: at the code of an image, if one was chosen and its code is here, or else at a place
 * on the map and at the cursor. */
export function walkEnds(side, { start, rows }) {
  const [from, to] = rows.map((row) => (row === null ? null : side.knownCodeOf(row))), end = to ?? side.visibleZ, { plane } = side.map;
  return [from ?? plane.moveTo(end, plane.fromStandardUnits(start)), end];
}

/** Return n zs at equal distances on the straight path between two. */
export function pathZs([start, end], n) {
  return Array.from({ length: n }, (_, i) => mixCodes(start, end, i / (n - 1)));
}

export function mixCodes(start, end, share) {
  return Array.from(start, (v, k) => v + share * (end[k] - v));
}

/** Return the path in words. noun: of the data. */
export function describeEnds({ start, rows: [first, last] }, noun) {
  const place = start[0] || start[1] ? "a place on the map" : "the mean";
  return `from ${first === null ? place : `test ${noun} ${first}`} to ${last === null ? "the cursor" : `test ${noun} ${last}`}`;
}
