// The map of codes: axes and points are painted once into a layer, ellipses over it on the canvas. The cursor is of
// elements above the canvas, so that nothing is painted anew while it alone moves.

const REACH = 10; // px within which a pointer means a point
const CLOSE = 6; // px between points that a pointer hardly tells apart
const FEW = 10; // classes, as many as there are colours
const [NONE, NOTHING] = [[], {}];
const APART = 12; // px between rings that are named

export class LatentMap {
  /** block: the map's; theme(): its colours and font. */
  constructor(canvas, block, theme) {
    const tensors = block.tensors();
    this.canvas = canvas;
    this.ctx = canvas.getContext("2d", OPAQUE);
    this.about = block.about;
    this.film = new Film(block);
    this.plane = new Plane(tensors);
    this.shade = this.film.parts.shade ? new Shade(this.film) : null;
    this.labels = tensors.labels.data; // [n], the class of each point
    if (!this.n) throw new Fault("This run has no codes to draw a map of. Train it again, with test images.");
    this.theme = theme;
    this.hidden = new Set(); // classes
    [this.layer, this.dots] = ["canvas", "canvas"].map((tag) => document.createElement(tag));
    this.stale = true;
    [this.across, this.up, this.path, this.ghost, this.ring] = ["across", "up", "path", "ghost", "ring"].map((name) => element(`i.${name}`));
    this.cursor = element("div.cursor", { "aria-hidden": "true" }, this.across, this.up, this.path, this.ghost, this.ring);
  }

  get n() { return this.labels.length; }

  resize(width, height) {
    this.ratio = window.devicePixelRatio;
    Object.assign(this, { width, height });
    for (const c of [this.canvas, this.layer, this.dots]) {
      c.width = Math.round(width * this.ratio);
      c.height = Math.round(height * this.ratio);
    }
    this.stale = true;
  }

  seek(u) {
    if (this.film.seek(u)) this.stale = true;
  }

  /** The point under a place on the canvas; among close neighbours one of the first n, whose images are here. -1 if there is none. */
  pointAt(place, n) {
    const [pictured, near] = this.nearest(place, 0, n), [other, nearer] = this.nearest(place, n, this.n);
    return near <= nearer + CLOSE ? pictured : other;
  }

  /** [row, px] of the nearest point from first to last, within REACH. */
  nearest([px, py], first, last) {
    const { places, labels, hidden } = this;
    let best = -1, least = REACH * REACH;
    for (let i = first; i < last; i++) {
      const dx = places[2 * i] - px, dy = places[2 * i + 1] - py, d = dx * dx + dy * dy;
      if (d < least && !hidden.has(labels[i])) [best, least] = [i, d];
    }
    return [best, best < 0 ? Infinity : Math.sqrt(least)];
  }

  /**
   * cursor: z, or null; ghost: the z to which leaving goes back, or null; rows whose posteriors are drawn; start: the z from which a
   * path leads to the cursor, or null; draws: zs to mark; drawn: what a tool shows (Pad.draw).
   */
  paint({ cursor, ghost, rows, start = null, draws = NONE, drawn = NOTHING }) {
    const shown = String(rows);
    if (this.stale || shown !== this.shown || draws !== this.draws || drawn !== this.drawn) {
      if (this.stale) this.paintLayer();
      Object.assign(this, { shown, draws, drawn });
      this.paintOver(rows);
    }
    this.cursor.hidden = !cursor;
    if (!cursor) return;
    const { box } = this.view, place = (z) => this.view.toPixels(this.plane.place(z)).map((v, i) => v - (i ? box.y : box.x));
    const [x, y] = place(cursor);
    this.across.style.transform = `translateY(${y}px)`;
    this.up.style.transform = `translateX(${x}px)`;
    this.ring.style.transform = `translate(${x}px, ${y}px)`;
    this.path.hidden = !start;
    if (start) {
      const [x0, y0] = place(start);
      this.path.style.transform = `translate(${x0}px, ${y0}px) rotate(${Math.atan2(y - y0, x - x0)}rad) scaleX(${Math.hypot(x - x0, y - y0)})`;
    }
    this.ghost.hidden = !ghost;
    if (ghost) this.ghost.style.transform = `translate(${place(ghost).map((v) => `${v}px`).join()})`;
  }

  paintOver(rows) {
    const { ctx, ratio } = this;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.drawImage(this.layer, 0, 0);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.save();
    this.view.clip(ctx);
    const at = (z) => this.view.toPixels(this.plane.place(z)), { paths = NONE, marks = NONE, cloud } = this.drawn;
    for (const { zs, gaps, quiet } of paths) drawPath(ctx, zs.map(at), gaps, quiet);
    for (const z of [...this.draws, ...marks]) drawMark(ctx, at(z), STEP);
    if (cloud) drawCloud(ctx, at(cloud.mu), this.plane.spread(cloud.sd), this.view.scale);
    for (const row of rows.filter((row) => row < this.n)) {
      const seen = this.film.parts.spread && this.drawEllipse(row);
      if (!seen) drawMark(ctx, this.places.subarray(2 * row, 2 * row + 2), MARK);
    }
    ctx.restore();
  }

  paintLayer() {
    const { film, ratio, layer } = this, ctx = layer.getContext("2d", { willReadFrequently: true }), ink = this.theme();
    this.view = new View(film.part("bounds"), this.about.to_scale, this.width, this.height);
    const { box } = this.view;
    Object.assign(this.cursor.style, { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` });
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = ink.page;
    ctx.fillRect(0, 0, layer.width, layer.height);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (this.shade) this.drawShade(ctx, ink);
    this.paintPoints(ctx);
    if (this.about.rings) this.drawRings(ctx, ink);
    this.view.drawAxes(ctx, this.about.titles, ink);
    if (this.beyond) this.drawBeyond(ctx, ink);
    if (this.about.classes.length > 1) this.drawLabels(ctx, ink);
    this.stale = false;
  }

  paintPoints(ctx) {
    const { film, view, ratio, layer, n } = this, { box, scale, middle } = view;
    this.places = new Float32Array(2 * n);
    const left = box.x + box.width / 2 - middle[0] * scale[0], top = box.y + box.height / 2 + middle[1] * scale[1];
    for (let i = 0; i < n; i++) {
      this.places[2 * i] = left + film.points[2 * i] * scale[0];
      this.places[2 * i + 1] = top - film.points[2 * i + 1] * scale[1];
    }
    const byClass = this.about.classes.map(({ colour }, c) => (this.hidden.has(c) ? 0 : abgr(colour)));
    const shown = (i) => view.inside([this.places[2 * i], this.places[2 * i + 1]]);
    const colours = Int32Array.from(this.labels, (label, i) => (shown(i) ? byClass[label] : 0));
    this.beyond = this.labels.filter((_, i) => !shown(i)).length;
    const image = new ImageData(layer.width, layer.height), pixels = new Int32Array(image.data.buffer); // no canvas is read: browsers may add noise
    const radius = Math.min(Math.max(8.4 * n ** -0.15, 1.4), 5);
    paintDots(pixels, layer.width, layer.height, this.places.map((v) => v * ratio), colours, radius * ratio);
    unmultiply(pixels);
    this.dots.getContext("2d", { willReadFrequently: true }).putImageData(image, 0, 0); // kept in main memory, as the layer is
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.drawImage(this.dots, 0, 0);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  drawShade(ctx, ink) {
    ctx.save();
    this.view.clip(ctx);
    this.shade.draw(ctx, this.view, ink);
    ctx.restore();
  }

  /** How many points the map does not show. */
  drawBeyond(ctx, ink) {
    const { box } = this.view;
    ctx.font = `11px ${ink.font}`;
    ctx.textAlign = "right";
    ctx.textBaseline = "top";
    haloed(ctx, `${this.beyond} code${this.beyond > 1 ? "s" : ""} outside this map`, box.x + box.width - 5, box.y + 5, ink);
  }

  /** One, two and three standard deviations of the prior, or of the Gaussian fitted to the codes. */
  drawRings(ctx, ink) {
    ctx.save();
    this.view.clip(ctx);
    ctx.font = `11px ${ink.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineWidth = 1;
    const [[, top], [, middle]] = [[0, 1], [0, 0]].map((w) => this.view.toPixels(this.plane.point(w)));
    for (const radius of [1, 2, 3]) {
      const at = (angle) => this.view.toPixels(this.plane.point([radius * Math.cos(angle), radius * Math.sin(angle)]));
      ctx.strokeStyle = ink.text;
      ctx.globalAlpha = 0.5;
      ctx.setLineDash([2, 3]);
      ctx.beginPath();
      for (let i = 0; i < AROUND; i++) ctx.lineTo(...at((2 * Math.PI * i) / AROUND));
      ctx.closePath();
      ctx.stroke();
      ctx.globalAlpha = 1;
      ctx.setLineDash([]);
      if (middle - top > APART) haloed(ctx, `${radius} σ`, ...at(Math.PI / 2), ink);
    }
    ctx.restore();
  }

  /** Each class's name at its median; of very many classes, those that find room. */
  drawLabels(ctx, ink) {
    ctx.font = `600 13px ${ink.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    const at = this.film.part("labels_at"), { classes } = this.about, taken = [];
    classes.forEach(({ name }, c) => {
      const [x, y] = this.view.toPixels([at[2 * c], at[2 * c + 1]]), wide = ctx.measureText(name).width;
      const crowded = classes.length > FEW && taken.some((t) => Math.abs(t.x - x) < (t.wide + wide) / 2 && Math.abs(t.y - y) < 16);
      if (this.hidden.has(c) || crowded) return;
      taken.push({ x, y, wide });
      haloed(ctx, name, x, y, ink);
    });
  }

  /** A point's posterior. Whether it is large enough to be seen. */
  drawEllipse(row) {
    return drawCloud(this.ctx, [this.places[2 * row], this.places[2 * row + 1]], this.film.part("spread", 3 * row, 3), this.view.scale);
  }
}

/** Text that is readable on points. */
function haloed(ctx, text, x, y, ink) {
  ctx.strokeStyle = ink.page;
  ctx.lineWidth = 3;
  ctx.lineJoin = "round";
  ctx.strokeText(text, x, y);
  ctx.fillStyle = ink.text;
  ctx.fillText(text, x, y);
  ctx.lineWidth = 1;
}

const abgr = (hex) => 0xff000000 | (parseInt(hex.slice(5, 7), 16) << 16) | (parseInt(hex.slice(3, 5), 16) << 8) | parseInt(hex.slice(1, 3), 16);
