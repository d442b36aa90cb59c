// What each run decodes on the straight path from a start to the cursor, and which steps lie in gaps.

const STEPS_SHOWN = 13;
const SLOW = 12; // ms: a walk that takes longer is painted once the hand rests
const REST = 150; // ms

export class Walk {
  /** on.start(), on.back(): the walk is to start at the present place, or in the middle again. */
  constructor(sides, on) {
    this.cost = 0;
    this.strips = sides.filter((side) => side.network).map((side) => {
      const canvas = element("canvas.strip", { role: "img", "data-testid": side.index ? "walk-2" : "walk" });
      return { side, canvas, text: element("span") };
    });
    this.back = element("button", { onclick: on.back }, "Start at the mean");
    this.face = element("section.walk", {},
      element("div.heading", {}, element("h4", {}, "Path to the cursor"), element("div.buttons", {},
        element("button", { onclick: on.start, title: "Let the path start at the present z" }, "Start here"), this.back)),
      element("div.both", {}, ...this.strips.map(({ side, canvas, text }) => element("figure", {}, canvas, element("figcaption", {}, element("b", {}, side.about.model), " ", text)))));
  }

  /** start: a place in standard deviations. */
  show(start, u) {
    clearTimeout(this.resting);
    const paint = () => {
      const began = performance.now();
      for (const strip of this.strips) this.paint(strip, start, u);
      this.cost = performance.now() - began;
    };
    if (this.cost > SLOW) this.resting = setTimeout(paint, REST);
    else paint();
    this.back.hidden = !start[0] && !start[1];
  }

  paint(strip, start, u) {
    const { side, canvas, text, painted } = strip, still = side.map.film.n_frames === 1;
    if (painted && painted.to === side.seen && painted.start === start && (still || painted.u === u)) return;
    strip.painted = { to: side.seen, start, u };
    const { plane } = side.map, to = side.seen, from = plane.moved(to, plane.point(start)), [channels, height, width] = side.about.image;
    const bar = Math.max(1, Math.round(height / 12)), pixels = new Float32Array(channels * (height + 2 * bar) * STEPS_SHOWN * width);
    const tall = height + 2 * bar, wide = STEPS_SHOWN * width;
    let gaps = 0;
    for (let i = 0; i < STEPS_SHOWN; i++) {
      const z = from.map((v, k) => v + ((to[k] - v) * i) / (STEPS_SHOWN - 1)), image = side.network.forward(z, u), gap = side.inGap(z);
      gaps += gap === true;
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < tall; y++)
          for (let x = 0, at = (c * tall + y) * wide + i * width; x < width; x++)
            pixels[at + x] = y < height ? image[(c * height + y) * width + x] : gap && y >= height + bar && x > 0 && x < width - 1 ? 1 : 0;
    }
    paintImage(canvas, pixels, [channels, tall, wide]);
    text.textContent = side.map.shade ? `${gaps} of ${STEPS_SHOWN} steps in a gap` : "";
    canvas.setAttribute("aria-label", `${STEPS_SHOWN} images decoded by the ${side.about.model} on the path to the cursor. ${text.textContent}`);
  }

  close() {
    clearTimeout(this.resting);
  }
}
