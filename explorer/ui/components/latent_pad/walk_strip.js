// The images that each run decodes on the straight path from a start to the cursor; steps in gaps are marked.

const N_WALK_STEPS = 13;
const SLOW_PAINT_MS = 12; // a strip that takes longer is painted only after the cursor has stopped
const REPAINT_DELAY_MS = 150;

export class WalkStrip {
  /** callbacks: { onStartHere(): start the path at the current z, onStartAtMean() } */
  constructor(sides, callbacks) {
    this.paintMs = 0;
    this.strips = sides.filter((side) => side.network).map((side) => {
      const canvas = createElement("canvas.strip", { role: "img", "data-testid": side.index ? "walk-2" : "walk" });
      return { side, canvas, caption: createElement("span") };
    });
    this.startAtMeanButton = createElement("button", { onclick: callbacks.onStartAtMean }, "Start at the mean");
    this.element = createElement("section.walk", {},
      createElement("div.heading", {}, createElement("h4", {}, "Path to the cursor"), createElement("div.buttons", {},
        createElement("button", { onclick: callbacks.onStartHere, title: "Let the path start at the present z" }, "Start here"), this.startAtMeanButton)),
      createElement("div.both", {}, ...this.strips.map(({ side, canvas, caption }) => createElement("figure", {}, canvas, createElement("figcaption", {}, createElement("b", {}, side.metadata.model), " ", caption)))));
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

  paint(strip, walkStart, filmPosition) {
    const { side, canvas, caption, painted } = strip, isStatic = side.map.film.frameCount === 1;
    if (painted && painted.end === side.visibleZ && painted.start === walkStart && (isStatic || painted.filmPosition === filmPosition)) return;
    strip.painted = { end: side.visibleZ, start: walkStart, filmPosition };
    const { plane } = side.map, end = side.visibleZ, start = plane.moveTo(end, plane.fromStandardUnits(walkStart)), [channels, height, width] = side.metadata.image_shape;
    const barHeight = Math.max(1, Math.round(height / 12)), pixels = new Float32Array(channels * (height + 2 * barHeight) * N_WALK_STEPS * width);
    const stripHeight = height + 2 * barHeight, stripWidth = N_WALK_STEPS * width;
    let gapCount = 0;
    for (let i = 0; i < N_WALK_STEPS; i++) {
      const z = start.map((v, k) => v + ((end[k] - v) * i) / (N_WALK_STEPS - 1)), image = side.network.forward(z, filmPosition), isGap = side.isInGap(z);
      gapCount += isGap === true;
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < stripHeight; y++)
          for (let x = 0, index = (c * stripHeight + y) * stripWidth + i * width; x < width; x++)
            pixels[index + x] = y < height ? image[(c * height + y) * width + x] : isGap && y >= height + barHeight && x > 0 && x < width - 1 ? 1 : 0;
    }
    paintImage(canvas, pixels, [channels, stripHeight, stripWidth]);
    caption.textContent = side.map.gapShading ? `${gapCount} of ${N_WALK_STEPS} steps in a gap` : "";
    canvas.setAttribute("aria-label", `${N_WALK_STEPS} images decoded by the ${side.metadata.model} on the path to the cursor. ${caption.textContent}`);
  }

  close() {
    clearTimeout(this.repaintTimer);
  }
}
