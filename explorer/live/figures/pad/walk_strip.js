// The images that each run decodes on the straight path from a start to the cursor; steps in gaps are marked.

import { arrangeImages } from "../../core/image_grid.js";
import { createElement, paintImage } from "../../view/dom.js";
import { createStrip } from "./strip.js";

const N_WALK_STEPS = 13;
const SLOW_PAINT_MS = 12; // a strip that takes longer is painted only after the cursor has stopped
const REPAINT_DELAY_MS = 150;

export class WalkStrip {
  /** callbacks: { onStartHere(): start the path at the current z, onStartAtMean() } */
  constructor(sides, callbacks) {
    this.paintMs = 0;
    this.strips = sides.filter((side) => side.network).map((side) => createStrip(side, "walk"));
    this.startAtMeanButton = createElement("button", { onclick: callbacks.onStartAtMean }, "Start at the mean");
    this.element = createElement("section.walk", {},
      createElement("div.heading", {}, createElement("h4", {}, "Path to the cursor"), createElement("div.buttons", {},
        createElement("button", { onclick: callbacks.onStartHere, title: "Let the path start at the present z" }, "Start here"), this.startAtMeanButton)),
      createElement("div.both", {}, ...this.strips.map(({ element }) => element)));
  }

  /** walkStart: map coordinates in standard deviations. */
  show(walkStart, filmPosition) {
    clearTimeout(this.repaintTimer);
    const paint = () => {
      const startTime = performance.now();
      for (const strip of this.strips) this.paint(strip, walkStart, filmPosition);
      this.paintMs = performance.now() - startTime;
    };
    if (this.paintMs > SLOW_PAINT_MS) this.repaintTimer = setTimeout(paint, REPAINT_DELAY_MS);
    else paint();
    this.startAtMeanButton.hidden = !walkStart[0] && !walkStart[1];
  }

  paint(walk, walkStart, filmPosition) {
    const { side, canvas, caption, painted } = walk, isStatic = side.map.film.frameCount === 1;
    if (painted && painted.end === side.visibleZ && painted.start === walkStart && (isStatic || painted.filmPosition === filmPosition)) return;
    walk.painted = { end: side.visibleZ, start: walkStart, filmPosition };
    const { plane } = side.map, end = side.visibleZ, start = plane.moveTo(end, plane.fromStandardUnits(walkStart)), [channels, height, width] = side.metadata.image_shape;
    const barHeight = Math.max(1, Math.round(height / 12)), stepHeight = height + 2 * barHeight, step = new Float32Array(channels * stepHeight * width);
    let gapCount = 0;
    const strip = arrangeImages(N_WALK_STEPS, N_WALK_STEPS, [channels, stepHeight, width], (i) => {
      const z = start.map((v, k) => v + ((end[k] - v) * i) / (N_WALK_STEPS - 1)), image = side.network.forward(z, filmPosition), isGap = side.isInGap(z);
      gapCount += Number(isGap);
      for (let c = 0; c < channels; c++) {
        step.set(image.subarray(c * height * width, (c + 1) * height * width), c * stepHeight * width);
        for (let y = height + barHeight; y < stepHeight; y++) step.fill(Number(isGap), (c * stepHeight + y) * width + 1, (c * stepHeight + y + 1) * width - 1);
      }
      return step;
    });
    paintImage(canvas, strip.pixels, strip.shape);
    caption.textContent = side.map.hasGaps ? `${gapCount} of ${N_WALK_STEPS} steps in a gap` : "";
    canvas.setAttribute("aria-label", `${N_WALK_STEPS} images decoded by the ${side.metadata.model} on the path to the cursor. ${caption.textContent}`);
  }

  close() {
    clearTimeout(this.repaintTimer);
  }
}
