// The latent pad: its parts made from blocks, and the places that pointer, sliders, keys and letters move.

let numbered = 0; // the last message

export class Pad {
  /** sides: of each run { map, decoder }, blocks; decoder and classifier may be null; say(what, values): a message to Python; fail(error) ends the pad. */
  constructor(root, { sides, classifier }, say, fail) {
    Object.assign(this, { say, fail, row: null, chosenOn: 0, sent: null, unsaid: false, start: [0, 0], drawn: {}, drawnText: null });
    this.sides = sides.map((blocks, i) => new Side(i, blocks, classifier, () => themeOf(this.face)));
    const moving = this.sides.find(({ about }) => about.film), slid = (this.slid = this.sides.at(-1)), [{ about, map }] = this.sides;
    this.u = moving ? moving.map.film.values.at(-1) : 0;
    if (!this.sides.every(({ network }) => network)) this.server = new ServerDecoder((wish) => this.tell("ask", wish), (pixels) => this.showServed(pixels));
    this.originals = new Originals(about.image, (row) => `test image ${row.toLocaleString("en")}: ${about.classes[map.labels[row]].name}`);
    this.sliders = new Sliders(slid.about, slid.origin, {
      value: (index) => slid.z[index],
      move: (index, value) => this.move(slid, Object.assign([...slid.z], { [index]: value })),
      done: () => this.commit(),
    });
    this.direction = new Direction({ move: (z) => this.move(slid, z), done: () => this.commit() });
    this.film = moving ? new FilmControls(moving.about.film, moving.map.film.values, { seek: (u) => this.seek(u), done: () => this.commit() }) : null;
    if (moving) this.film.side = moving;
    if (this.sides.length > 1) {
      const startAt = (w) => { this.start = w; this.unsaid = true; this.commit(); };
      this.walk = new Walk(this.sides, { start: () => startAt(slid.map.plane.standard(slid.z)), back: () => startAt([0, 0]) });
      this.samples = new Samples(this.sides, normal, { changed: () => this.request(), go: (side, z) => this.go(this.led(side, z)) });
    }
    root.replaceChildren((this.face = this.build()));
    this.sized = new ResizeObserver(() => this.resize());
    this.sides.forEach((side) => this.listen(side));
  }

  build() {
    const { sides } = this, [{ about, map }] = sides, D = Math.max(...sides.map(({ origin }) => origin.length));
    const switched = () => { for (const side of sides) side.map.stale = true; this.request(); };
    for (const side of sides) side.map.hidden = map.hidden;
    this.said = element("span.unseen", { "aria-live": "polite" });
    const alone = sides.length === 1;
    const parts = { ...this, said: this.said,
      legend: about.classes.length > 1 ? legend(about.classes, map.hidden, switched) : null,
      draw: element("button", { onclick: () => { const eps = normal(D); this.go(sides.map((side) => side.drawn(eps))); }, title: alone ? about.draw_help : "Sample the same standard normal numbers for both; each run scales them by its prior or by the Gaussian fitted to its codes" },
        alone ? about.draw_name : "Resample"),
      reset: element("button", { onclick: () => this.go(sides.map(({ origin }) => origin)), title: alone ? `Back to ${about.origin_name}` : "Back to the mean" }, "Reset"),
      onto: (side) => this.go(sides.map((other) => (other === side ? side.map.plane.onto(side.z) : other.z))),
    };
    const face = alone ? single(parts) : pair(parts);
    face.addEventListener("transitionend", ({ target }) => target === face && switched()); // another theme
    this.offPaper = onPaper(() => { for (const side of sides) side.map.stale = true; this.resize(); });
    return face;
  }

  listen(side) {
    const { map, about } = side;
    listen(side.canvas, map, {
      hover: (at) => this.hover(side, at),
      leave: () => this.leave(),
      stay: (at, clicked) => this.stay(side, clicked ? map.pointAt(at, this.originals.n) : -1),
      step: (step) => {
        const at = map.plane.place(side.z).map((v, i) => v + (step ? step[i] * about.step : 0));
        const z = step ? map.plane.moved(side.z, at) : [...side.origin];
        if (!step || (map.view.inside(map.view.toPixels(at)) && z.some((v, i) => v !== side.z[i]))) this.move(side, z);
      },
      done: () => this.commit(),
    });
    this.sized.observe(side.stage);
  }

  resize() {
    if (this.sides.map((side) => side.resize()).every(Boolean)) this.paint(); // at once: a canvas is cleared when it is resized
  }

  // --- z

  /** Where every side goes if z moves on one: the others to the same place, in standard deviations. */
  led(side, z) {
    const w = side.map.plane.standard(z);
    return this.sides.map((other) => (other === side ? z : other.map.plane.moved(other.z, other.map.plane.point(w))));
  }

  /** A look at another z, which leaving takes back. */
  hover(side, at) {
    this.led(side, side.map.plane.moved(side.z, side.map.view.toData(at))).forEach((z, i) => (this.sides[i].preview = z));
    side.hovered = side.map.pointAt(at, this.originals.n);
    side.showTip(at, this.originals);
    this.request();
  }

  leave() {
    if (!this.sides.some(({ preview }) => preview)) return;
    this.lookAway();
    this.request();
  }

  lookAway() {
    for (const side of this.sides) side.lookAway();
  }

  /** The look becomes the present z; on a point, its code does, which Python knows. */
  stay(side, row) {
    for (const each of this.sides) [each.z, each.preview] = [each.seen, null];
    this.row = null;
    this.unsaid = true;
    this.commit(row < 0 ? null : row, side);
  }

  move(side, z) {
    this.moveAll(this.led(side, z));
  }

  moveAll(zs) {
    zs.forEach((z, i) => (this.sides[i].z = z));
    this.row = null;
    this.unsaid = true;
    this.lookAway();
    this.request();
  }

  go(zs) {
    this.moveAll(zs.map((z) => [...z]));
    this.commit();
  }

  // --- messages

  /** Messages are numbered, so that a letter can say which of them Python had heard. */
  tell(what, values) {
    this.say(what, { n: (numbered = Math.max(numbered + 1, Date.now())), ...values });
    return numbered;
  }

  /** Tells Python what has moved, or that a point was chosen on a side. */
  commit(row = null, side = this.slid) {
    this.request();
    if (!this.unsaid) return;
    let zs = this.sides.map(({ z }) => z);
    if (row !== null) zs = this.led(side, side.map.plane.moved(side.z, side.map.film.points.subarray(2 * row, 2 * row + 2)));
    this.sent = this.tell("commit", { zs, row, side: side.index, film: this.film && this.film.inUnit(this.u), start: this.start });
    this.unsaid = false;
    this.announcing = true;
  }

  /** A letter: where Python has z, unless it was written before it heard of a later move here; and images, if it decodes. */
  read(letter) {
    const current = !this.unsaid && (this.sent === null || letter.heard >= this.sent);
    const row = letter.row < this.sides[0].map.n ? letter.row : null;
    const other = ({ z }, i) => !z || letter.zs[i].some((v, k) => v !== z[k]);
    if (current && (row !== this.row || this.sides.some(other))) {
      this.sides.forEach((side, i) => (side.z = letter.zs[i]));
      Object.assign(this, { row, announcing: true });
      this.lookAway();
    }
    if (current && this.film && letter.film != null) this.u = this.film.fromUnit(letter.film);
    if (current && letter.start) this.start = letter.start;
    this.draw(letter.drawn ?? {});
    if (letter.decoded) this.server?.answer(letter.decoded, letter.heard);
    this.request();
  }

  /** drawn: { paths: [{ zs, gaps, quiet }], marks: [z], cloud: { mu, sd }, direction: { name, vector } }, each only if there is one. */
  draw(drawn) {
    const text = JSON.stringify(drawn);
    if (text === this.drawnText) return;
    Object.assign(this, { drawn, drawnText: text });
    this.direction.set(drawn.direction ?? null);
    if (this.slid.seen) this.direction.show(this.slid.seen);
  }

  seek(u) {
    this.u = u;
    this.row = null; // whose code it was elsewhere on the axis
    this.unsaid = true;
    this.request();
  }

  showServed(pixels) {
    pixels.forEach((image, i) => image && this.sides[i].picture.show(image));
    this.request();
  }

  // --- painting, once a frame

  request() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      try {
        this.film?.advance();
        this.paint();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  paint() {
    const { sides, u, slid, start, row } = this;
    this.film?.show(u);
    const changed = sides.map((side) => side.decode(u)).some(Boolean) || start !== this.started;
    this.started = start;
    if (changed) {
      this.sliders.show(slid.seen);
      if (!slid.preview) this.direction.show(slid.z);
      this.server?.want(sides.map((side) => side.seen), this.film && this.film.inUnit(u));
      this.walk?.show(start, u);
    }
    this.samples?.show(u);
    const looking = sides.some(({ preview }) => preview);
    this.originals.show(row, looking);
    if (this.announcing && !looking && (!this.server || this.server.done)) this.announce();
    const rows = [...new Set([row ?? -1, ...sides.map(({ hovered }) => hovered)])].filter((r) => r >= 0);
    for (const side of sides) {
      const { plane } = side.map;
      side.paint({ rows, start: this.walk && plane.moved(side.seen, plane.point(start)), draws: this.samples?.of(side), drawn: this.drawn });
    }
  }

  /** For those who hear the page: where z is now, and what the images show. */
  announce() {
    this.announcing = false;
    const said = this.sides.map((side) => (this.sides.length > 1 ? `${side.about.model}: ` : "") + side.announce());
    this.said.textContent = [...said, this.row !== null && this.originals.inWords(this.row)].filter(Boolean).join(this.sides.length > 1 ? "; " : ", ");
  }

  close() {
    cancelAnimationFrame(this.waiting);
    this.request = () => {};
    this.sized.disconnect();
    this.offPaper();
    this.server?.close();
    this.walk?.close();
  }
}

/** Standard normal numbers, by Box and Muller (1958). */
function normal(n) {
  return Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()));
}
