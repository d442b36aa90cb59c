// A training seen again, or as far as it has come: its map and pictures over the epochs.

const BETWEEN_PICTURES = 1; // px

export class Replay {
  /** blocks: of the map, whose film's axis is the epoch, and of the pictures of its frames. */
  constructor(root, blocks, say, fail) {
    const { about } = blocks.map;
    Object.assign(this, { fail, hidden: new Set() });
    this.canvas = element("canvas", { role: "img", "data-testid": "replay-map", "aria-label": about.label });
    this.film = new FilmControls(about.film, about.film.values, { seek: (u) => this.seek(u), done: () => {} });
    this.measured = element("div");
    this.rows = ["test images", "reconstructions", "samples"].map((name, i) => {
      const canvas = element("canvas.strip", { role: "img", "data-testid": `replay-${i}`, "aria-label": name });
      return { canvas, face: element("figure", {}, element("figcaption", {}, name), canvas) };
    });
    this.stage = element("div.stage", {}, this.canvas);
    const switched = () => { this.map.stale = true; this.request(); };
    this.face = element("div.replay", { role: "group", "aria-label": "Replay of the training", "data-testid": "replay" },
      element("div", {}, about.classes.length > 1 ? legend(about.classes, this.hidden, switched) : null, this.stage),
      element("div.strips", {}, ...this.rows.map(({ face }) => face), this.measured, this.film.face));
    this.face.addEventListener("transitionend", ({ target }) => target === this.face && switched()); // another theme
    this.offPaper = onPaper(() => this.map && this.resize());
    root.replaceChildren(this.face);
    this.sized = new ResizeObserver(() => this.resize());
    this.sized.observe(this.stage);
    this.goOn(blocks);
  }

  /** The same training, further on: who looks at its end goes with it, who looks elsewhere stays there. */
  goOn({ map, pictures }) {
    const pixels = pictures.tensors(), following = !this.map || (this.u >= this.film.last && !this.film.playing);
    Object.assign(this, { about: pictures.about, frame: null });
    [this.originals, this.frames] = [pixels.originals.data, pixels.pictures.data]; // uint8 [k, C, H, W], [F, 2, k, C, H, W]
    this.map = new LatentMap(this.canvas, map, () => themeOf(this.face));
    this.map.hidden = this.hidden;
    this.film.reach(this.map.film.values);
    this.readouts = new Readouts(map.about.readouts, this.map.film.values);
    this.measured.replaceChildren(this.readouts.face);
    if (following) this.u = this.film.last;
    this.resize();
    return this;
  }

  read() {}

  seek(u) {
    this.u = u;
    this.request();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    this.map.resize(width, height);
    this.paint();
  }

  request() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      try {
        this.film.advance();
        this.paint();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  paint() {
    const { map, u } = this;
    this.film.show(u);
    this.readouts.show(u);
    map.seek(u);
    if (map.width) map.paint({ cursor: null, ghost: null, rows: [] });
    const [i, t] = between(map.film.values, u), frame = Math.round(i + t); // pictures are not mixed: the nearest
    if (frame === this.frame) return;
    this.frame = frame;
    const size = this.originals.length, first = 2 * frame * size;
    this.strip(this.rows[0].canvas, this.originals);
    this.strip(this.rows[1].canvas, this.frames.subarray(first, first + size));
    this.strip(this.rows[2].canvas, this.frames.subarray(first + size, first + 2 * size));
  }

  /** k images [k, C, H, W] in a row. */
  strip(canvas, pixels) {
    const { n, image: [channels, height, width] } = this.about, step = width + BETWEEN_PICTURES, wide = n * step - BETWEEN_PICTURES;
    const row = new Float32Array(channels * height * wide);
    for (let k = 0; k < n; k++)
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < height; y++)
          for (let x = 0, at = (c * height + y) * wide + k * step, from = ((k * channels + c) * height + y) * width; x < width; x++) row[at + x] = pixels[from + x] / 255;
    paintImage(canvas, row, [channels, height, wide]);
  }

  close() {
    cancelAnimationFrame(this.waiting);
    this.request = () => {};
    this.offPaper();
    this.sized.disconnect();
  }
}
