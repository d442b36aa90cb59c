// As many samples from each run, decoded side by side: from the prior, or from the Gaussian fitted to an AE's codes.

const N = 32;
const COLUMNS = 8;

export class Samples {
  /** draw(n): a standard normal array; on.changed(), on.go(side, z) */
  constructor(sides, draw, on) {
    this.draws = null; // eps
    this.sheets = sides.filter((side) => side.network).map((side) => {
      const canvas = element("canvas.strip", { role: "img", "data-testid": side.index ? "samples-2" : "samples" });
      const sheet = { side, canvas, text: element("span"), at: null, zs: [] };
      canvas.onclick = ({ offsetX, offsetY }) => {
        const row = Math.floor((offsetY / canvas.clientHeight) * (N / COLUMNS)), column = Math.floor((offsetX / canvas.clientWidth) * COLUMNS);
        if (sheet.zs[row * COLUMNS + column]) on.go(side, sheet.zs[row * COLUMNS + column]);
      };
      return sheet;
    });
    const D = Math.max(...sides.map((side) => side.origin.length));
    const take = () => { this.draws = Array.from({ length: N }, () => draw(D)); on.changed(); };
    this.clear = element("button", { hidden: true, onclick: () => { this.draws = null; on.changed(); } }, "Clear");
    this.drawn = element("div.both", { hidden: true }, ...this.sheets.map(({ side, canvas, text }) =>
      element("figure", {}, canvas, element("figcaption", {}, element("b", {}, side.about.model), " ", text))));
    this.face = element("section.samples", {}, element("div.heading", {}, element("h4", {}, "Samples"), element("div.buttons", {},
      element("button", { onclick: take }, `Sample ${N} from each`), this.clear)), this.drawn);
  }

  /** The places of a side's draws. */
  of(side) {
    return this.sheets.find((sheet) => sheet.side === side)?.zs;
  }

  show(u) {
    this.drawn.hidden = this.clear.hidden = !this.draws;
    for (const sheet of this.sheets) {
      const { side, at } = sheet, still = side.map.film.n_frames === 1;
      if (at?.draws === this.draws && (still || at.u === u)) continue;
      sheet.at = { draws: this.draws, u };
      sheet.zs = this.draws ? this.draws.map((eps) => side.drawn(eps)) : [];
      if (this.draws) this.paint(sheet, u);
    }
  }

  paint({ side, canvas, text, zs }, u) {
    const [channels, height, width] = side.about.image, rows = Math.ceil(N / COLUMNS), wide = COLUMNS * width;
    const pixels = new Float32Array(channels * rows * height * wide);
    let gaps = 0, unsure = 0;
    zs.forEach((z, i) => {
      const image = side.network.forward(z, u), left = (i % COLUMNS) * width, top = Math.floor(i / COLUMNS) * height;
      gaps += side.inGap(z) === true;
      unsure += side.picture.unsure(image) === true;
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < height; y++)
          pixels.set(image.subarray((c * height + y) * width, (c * height + y + 1) * width), (c * rows * height + top + y) * wide + left);
    });
    paintImage(canvas, pixels, [channels, rows * height, wide]);
    text.textContent = [side.about.has_prior ? "from the prior" : "from the Gaussian fitted to its codes", side.map.shade && `${gaps} in gaps`,
      side.picture.classifier && `${unsure} ${side.picture.below} of the classifier`].filter(Boolean).join(", ");
    canvas.setAttribute("aria-label", `${N} images sampled by the ${side.about.model}, ${text.textContent}`);
  }
}
