// The latent pad: its parts made from blocks, and one z that pointer, sliders, keys and letters move.

let numbered = 0; // the last message

export class Pad {
  /** Of a map's block, a decoder's and a classifier's, or null; say(what, values): a message to Python; fail(error) ends the pad. */
  constructor(root, { map, decoder, classifier }, say, fail) {
    Object.assign(this, { say, fail, about: map.about, row: null, preview: null, hovered: -1, sent: null, unsaid: false });
    const { about } = this, tensors = map.tensors();
    this.origin = Array.from(tensors.origin.data);
    this.factor = tensors.factor?.data ?? null; // draws are origin + factor·eps; without one, eps itself
    this.network = decoder && new Network(decoder);
    if (decoder && this.network.output.length !== about.image.reduce((a, b) => a * b))
      throw new Fault(`The decoder gives ${this.network.output.length} numbers for ${about.image.join("×")} pixels. ${REMEDY}`);
    this.server = decoder ? null : new ServerDecoder((z) => this.tell("ask", { z }), (pixels) => { this.pictures.showDecoded(pixels); this.request(); });

    this.canvas = element("canvas", { tabIndex: 0, role: "application", "data-testid": "latent-map",
      "aria-label": `${about.label} Arrow keys move z, with shift further; Home goes back to ${about.origin_name}.` });
    this.map = new LatentMap(this.canvas, map, () => this.theme());
    this.u = this.map.film.values.at(-1);
    this.pictures = new Pictures(about, (row) => `test image ${row.toLocaleString("en")}: ${about.classes[this.map.labels[row]].name}`, classifier);
    this.sliders = new Sliders(about, this.origin, {
      value: (index) => this.z[index],
      move: (index, value) => this.move(Object.assign([...this.z], { [index]: value })),
      done: () => this.commit(),
    });
    this.film = about.film && new FilmControls(about.film, this.map.film.values, { seek: (u) => this.seek(u), done: () => this.commit() });
    root.replaceChildren((this.face = this.build()));
    this.listen();
  }

  build() {
    const { about } = this;
    this.tipImage = element("canvas");
    this.tipText = element("span");
    this.tip = element("div.tip", { hidden: true }, this.tipImage, this.tipText);
    this.offPlane = element("span");
    const onto = element("button", { onclick: () => this.go(this.map.plane.onto(this.z)), title: "Drop what the map does not show of z" }, "Go onto it");
    const switched = () => { this.map.stale = true; this.request(); };
    this.said = element("span.unseen", { "aria-live": "polite" });
    return element("div.pad", { role: "group", "aria-label": "Latent pad", "data-testid": "latent-pad" },
      this.pictures.face,
      element("div.chart", {},
        about.classes.length > 1 ? legend(about.classes, this.map.hidden, switched) : null,
        (this.stage = element("div.stage", {}, this.canvas, this.map.cursor, this.tip)),
        about.latent_dim > 2 ? element("p.off", {}, this.offPlane, " ", onto) : null,
        this.film && this.film.face),
      element("div.controls", {},
        element("div.buttons", {},
          element("button", { onclick: () => this.go(this.drawn()), title: about.draw_help }, about.draw_name),
          element("button", { onclick: () => this.go(this.origin), title: `Back to ${about.origin_name}` }, "Reset")),
        this.sliders.face),
      this.said);
  }

  theme() {
    const style = getComputedStyle(this.face);
    return { text: style.color, page: style.getPropertyValue("--st-background-color") || "#fff", quiet: "#8a8f98", font: style.fontFamily };
  }

  listen() {
    const { map, about } = this;
    listen(this.canvas, map, {
      hover: (at) => this.hover(at),
      leave: () => this.leave(),
      stay: (at, clicked) => this.stay(clicked ? map.pointAt(at, this.pictures.n) : -1),
      step: (step) => {
        const at = map.plane.place(this.z).map((v, i) => v + (step ? step[i] * about.step : 0));
        const z = step ? map.plane.moved(this.z, at) : [...this.origin];
        if (!step || (map.view.inside(map.view.toPixels(at)) && z.some((v, i) => v !== this.z[i]))) this.move(z);
      },
      done: () => this.commit(),
    });
    this.sized = new ResizeObserver(() => this.resize());
    this.sized.observe(this.stage);
    this.face.addEventListener("transitionend", ({ target }) => { // another theme
      if (target !== this.face) return;
      map.stale = true;
      this.request();
    });
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    this.map.resize(width, height);
    if (this.z) this.paint(); // at once: a canvas is cleared when it is resized
  }

  // --- z

  /** A look at another z, which leaving takes back. */
  hover(at) {
    this.preview = this.map.plane.moved(this.z, this.map.view.toData(at));
    this.hovered = this.map.pointAt(at, this.pictures.n);
    this.showTip(at);
    this.request();
  }

  leave() {
    if (!this.preview && this.hovered < 0) return;
    this.lookAway();
    this.request();
  }

  lookAway() {
    this.preview = null;
    this.hovered = -1;
    this.tip.hidden = true;
  }

  /** The look becomes the present z; on a point, its code does, which Python knows. */
  stay(row) {
    this.z = this.preview ?? this.z;
    this.preview = this.row = null;
    this.unsaid = true;
    this.commit(row < 0 ? null : row);
  }

  move(z) {
    this.z = z;
    this.row = null;
    this.unsaid = true;
    this.lookAway();
    this.request();
  }

  go(z) {
    this.move([...z]);
    this.commit();
  }

  drawn() {
    const { origin, factor } = this, D = origin.length;
    const eps = origin.map(() => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())); // Box and Muller, 1958
    return factor ? origin.map((v, i) => v + eps.reduce((sum, e, j) => sum + factor[i * D + j] * e, 0)) : eps;
  }

  // --- messages

  /** Messages are numbered, so that a letter can say which of them Python had heard. */
  tell(what, values) {
    this.say(what, { n: (numbered = Math.max(numbered + 1, Date.now())), ...values });
    return numbered;
  }

  /** Tells Python what has moved, or that a point was chosen. */
  commit(row = null) {
    this.request();
    if (!this.unsaid) return;
    this.sent = this.tell("commit", { z: this.z, row, film: this.film && this.film.inUnit(this.u) });
    this.unsaid = false;
    this.announcing = true;
  }

  /** A letter: where Python has z, unless it was written before it heard of a later move here; and an image, if it decodes. */
  read(letter) {
    const current = !this.unsaid && (this.sent === null || letter.heard >= this.sent);
    const row = letter.row < this.map.n ? letter.row : null;
    if (current && (!this.z || row !== this.row || letter.z.some((v, i) => v !== this.z[i]))) {
      Object.assign(this, { z: letter.z, row, announcing: true });
      this.lookAway();
    }
    if (current && this.film && letter.film != null) this.u = this.film.fromUnit(letter.film);
    if (letter.pixels) this.server?.answer(letter);
    this.request();
  }

  seek(u) {
    this.u = u;
    this.row = null; // whose code it was elsewhere on the axis
    this.unsaid = true;
    this.request();
  }

  setSheet(sheet, about) {
    this.pictures.setSheet(sheet, about);
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
    const { map, about } = this, z = this.preview ?? this.z;
    map.seek(this.u);
    this.film?.show(this.u);
    if (z !== this.decoded || this.u !== this.decodedAt) {
      if (this.network) this.pictures.showDecoded(this.network.forward(z, this.u));
      else if (z !== this.decoded) this.server.want(z);
      Object.assign(this, { decoded: z, decodedAt: this.u });
      this.sliders.show(z);
      this.pictures.describe(inWords(z));
      if (about.latent_dim > 2)
        this.offPlane.textContent = `z lies ${number(map.plane.off(z), 2)}${this.sliders.unit} off the map's plane: the pointer moves it on a slice parallel to it.`;
    }
    this.pictures.showOriginal(this.preview ? null : this.row);
    if (this.announcing && !this.preview && (this.network || this.server.done)) this.announce(inWords(z));
    if (!map.width) return;
    if (map.ratio !== window.devicePixelRatio) map.resize(map.width, map.height); // on another screen
    map.paint({ cursor: z, ghost: this.preview && this.z, ellipses: [...new Set([this.row ?? -1, this.hovered])].filter((row) => row >= 0) });
  }

  /** For those who hear the page: where z is now, and what the image shows. */
  announce(z) {
    this.announcing = false;
    this.said.textContent = this.pictures.announce(z);
  }

  showTip(at) {
    const { tip, tipImage, hovered, map, pictures } = this;
    tip.hidden = hovered < 0;
    if (tip.hidden) return;
    this.tipText.textContent = pictures.inWords(hovered);
    tipImage.hidden = !pictures.paintRow(tipImage, hovered);
    const side = (v, size) => (v > size / 2 ? "calc(-100% - 14px)" : "14px"); // towards the middle
    Object.assign(tip.style, { left: `${at[0]}px`, top: `${at[1]}px`, translate: `${side(at[0], map.width)} ${side(at[1], map.height)}` });
  }

  close() {
    cancelAnimationFrame(this.waiting);
    this.request = () => {};
    this.sized.disconnect();
    this.server?.close();
  }
}

function inWords(z) {
  return z.length <= 3 ? `z = (${z.map((v) => number(v, 2)).join(", ")})` : `the ${z.length} numbers of z`;
}
