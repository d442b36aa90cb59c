// The latent pad: its parts made from blocks, and one z that pointer, sliders, keys and letters move.

const A_CLICK = 4; // px that a pointer may stray between press and release
const FILM_SECONDS = 8;
const SURE = 0.9; // probability from which a classifier names an image
const KEPT = 128 * 2 ** 20; // bytes of blocks, of several runs
const OVERDUE = 15_000; // ms until an announced block is asked for again

class Pad {
  /** Of a map's block, a decoder's and a classifier's, or null; say.commit and say.ask: messages to Python; fail(error) ends the pad. */
  constructor(root, { map, decoder, classifier }, say, fail) {
    Object.assign(this, { say, fail });
    const tensors = map.tensors();
    this.about = map.about;
    this.origin = Array.from(tensors.origin.data);
    this.factor = tensors.factor?.data ?? null; // draws are origin + factor·eps; without one, eps itself
    this.build();
    root.replaceChildren(this.face);
    this.map = new LatentMap(this.canvas, map, () => this.theme());
    this.canvas.after(this.map.cursor);
    this.network = decoder ? new Network(decoder) : null;
    const [channels, height, width] = this.about.image;
    if (this.network && this.network.output.length !== channels * height * width)
      throw new Fault(`The decoder gives ${this.network.output.length} numbers for ${channels}×${height}×${width} pixels. ${REMEDY}`);
    this.server = decoder ? null : new ServerDecoder((z) => say.ask({ z }), (pixels) => this.showDecoded(pixels));
    this.classifier = classifier ? new Network(classifier) : null;
    this.classNames = classifier?.about.classes;
    if (classifier) this.guess.title = `By a small classifier, which names ${(100 * classifier.about.accuracy).toFixed(1)} % of the test images rightly`;
    this.u = this.map.film.values.at(-1);
    this.listen();
  }

  theme() {
    const style = getComputedStyle(this.face);
    return { text: style.color, page: style.getPropertyValue("--st-background-color") || "#fff", quiet: "#8a8f98", font: style.fontFamily };
  }

  // --- what there is to see

  build() {
    const { about } = this, axis = about.film;
    this.canvas = element("canvas", { tabIndex: 0, role: "application", "data-testid": "latent-map",
      "aria-label": `${about.label} Arrow keys move z, with shift further; Home goes back to ${about.origin_name}.` });
    this.tipImage = element("canvas");
    this.tipText = element("span");
    this.tip = element("div.tip", { hidden: true }, this.tipImage, this.tipText);
    this.offPlane = element("span");
    const onto = element("button", { onclick: () => this.go(this.map.plane.onto(this.z)), title: "Drop what the map does not show of z" }, "Go onto it");
    this.decodedCanvas = element("canvas", { role: "img", "data-testid": "decoded" });
    this.caption = element("figcaption");
    this.guess = element("figcaption.guess");
    this.originalCanvas = element("canvas", { role: "img" });
    this.originalText = element("figcaption");
    this.original = element("figure.original", { hidden: true }, this.originalCanvas, this.originalText);
    this.sliders = new Sliders(about, this.origin, {
      value: (index) => this.z[index],
      move: (index, value) => this.move(Object.assign([...this.z], { [index]: value })),
      done: () => this.commit(),
    });
    this.said = element("span.unseen", { "aria-live": "polite" });
    this.face = element("div.pad", { role: "group", "aria-label": "Latent pad", "data-testid": "latent-pad" },
      element("div.pictures", {},
        element("figure.decoded", {}, this.decodedCanvas, this.guess, this.caption),
        this.original),
      element("div.chart", {},
        about.classes.length > 1 ? this.legend() : null,
        element("div.stage", {}, this.canvas, this.tip),
        about.latent_dim > 2 ? element("p.off", {}, this.offPlane, " ", onto) : null,
        axis ? this.filmControls(axis) : null),
      element("div.controls", {},
        element("div.buttons", {},
          element("button", { onclick: () => this.go(this.drawn()), title: about.draw_help }, about.draw_name),
          element("button", { onclick: () => this.go(this.origin), title: `Back to ${about.origin_name}` }, "Reset")),
        this.sliders.face),
      this.said);
  }

  legend() {
    const buttons = this.about.classes.map(({ name, colour }, c) => {
      const dot = element("i.dot", { "aria-hidden": "true" });
      dot.style.background = colour;
      return element("button", { "aria-pressed": "true", title: "Click: hide or show. Double-click: this class alone.",
        onclick: () => this.switchClasses((hidden) => (hidden.has(c) ? hidden.delete(c) : hidden.add(c))),
        ondblclick: () => this.switchClasses((hidden) => {
          const alone = hidden.size === buttons.length - 1 && !hidden.has(c);
          hidden.clear();
          if (!alone) buttons.forEach((_, other) => other !== c && hidden.add(other));
        }) }, dot, name);
    });
    this.switchClasses = (change) => {
      change(this.map.hidden);
      buttons.forEach((button, c) => button.setAttribute("aria-pressed", String(!this.map.hidden.has(c))));
      this.map.stale = true;
      this.request();
    };
    return element("div.legend", { role: "group", "aria-label": "Classes" }, ...buttons);
  }

  filmControls({ title, values, log }) {
    const at = values.map((v) => (log ? Math.log10(v) : v)), first = at[0], last = at.at(-1);
    this.filmInput = element("input", { type: "range", min: first, max: last, step: (last - first) / 1000, "data-testid": "beta", "aria-label": title,
      oninput: () => this.seek(Number(this.filmInput.value)), onchange: () => this.commit() });
    this.filmValue = element("output");
    this.playButton = element("button", { "data-testid": "play", onclick: () => this.play(!this.playing) }, "Play");
    return element("div.film", {}, this.playButton, element("label", {}, title, this.filmInput), this.filmValue);
  }

  // --- what there is to do

  listen() {
    const { canvas, map } = this, stage = canvas.parentElement;
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.x, event.clientY - box.y];
    };
    let pressed = null;
    canvas.onpointerdown = (event) => {
      if (event.button !== 0 || !map.view?.inside(place(event))) return;
      canvas.setPointerCapture(event.pointerId);
      pressed = place(event);
      this.hover(pressed);
    };
    canvas.onpointermove = (event) => {
      const at = place(event);
      if (pressed) this.hover(map.view.clamp(at));
      else if (event.pointerType === "mouse") map.view?.inside(at) ? this.hover(at) : this.leave();
    };
    canvas.onpointerup = (event) => {
      if (!pressed) return;
      const at = map.view.clamp(place(event)), clicked = Math.hypot(at[0] - pressed[0], at[1] - pressed[1]) < A_CLICK;
      pressed = null;
      const row = clicked ? map.pointAt(at, this.nImages) : -1;
      this.z = this.preview ?? this.z;
      this.row = null;
      if (event.pointerType !== "mouse") this.leave();
      this.preview = null;
      this.commit(row < 0 ? null : row);
    };
    canvas.onpointercancel = canvas.onpointerleave = () => {
      pressed = null;
      this.leave();
    };
    let keyed = false;
    canvas.onkeydown = (event) => {
      const step = arrow(event);
      if (event.ctrlKey || event.metaKey || event.altKey || !(step || event.key === "Home")) return;
      event.preventDefault();
      keyed = true;
      const [x, y] = map.plane.place(this.z), { step: unit } = this.about;
      this.move(step ? map.plane.moved(this.z, [x + step[0] * unit, y + step[1] * unit]) : [...this.origin]);
    };
    canvas.onkeyup = canvas.onblur = () => { if (keyed) this.commit(); keyed = false; };

    this.sized = new ResizeObserver(() => this.resize());
    this.sized.observe(stage);
    this.face.addEventListener("transitionend", (event) => { if (event.target === this.face) { map.stale = true; this.request(); } }); // another theme
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    if (!width || !height) return;
    this.map.resize(width, height);
    this.paint(); // at once: a canvas is cleared when it is resized
  }

  /** A look at another z, which leaving takes back. */
  hover(at) {
    this.preview = this.map.plane.moved(this.z, this.map.view.toData(at));
    this.hovered = this.map.pointAt(at, this.nImages);
    this.showTip(at);
    this.request();
  }

  leave() {
    if (!this.preview && this.hovered < 0) return;
    this.preview = null;
    this.hovered = -1;
    this.tip.hidden = true;
    this.request();
  }

  move(z) {
    this.z = z;
    this.row = null;
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

  /** Tells Python of z; or, after a click on a point, of the point, whose code Python knows. */
  commit(row = null) {
    this.request();
    const now = JSON.stringify([this.z, row, this.u]);
    if (now === this.committed) return;
    this.committed = now;
    this.say.commit({ z: this.z, row, film: this.about.film ? this.axisValue() : null });
    this.announce();
  }

  /** A letter from Python: z, if it was Python that moved it, and the image of a network that runs there. */
  read(letter) {
    if (letter.stamp !== this.stamp) {
      this.stamp = letter.stamp;
      this.z = letter.z;
      this.row = letter.row;
      this.committed = JSON.stringify([this.z, null, this.u]);
    }
    if (letter.pixels) this.server?.answer(letter.pixels, letter.of);
    this.request();
  }

  setImages(bitmap, { n, columns }) {
    Object.assign(this, { sheet: bitmap, nImages: n, columns });
    this.request();
  }

  // --- the film

  axisValue() {
    return this.about.film.log ? 10 ** this.u : this.u;
  }

  seek(u) {
    this.u = u;
    this.request();
  }

  play(on) {
    const { values } = this.map.film, first = values[0], last = values.at(-1);
    if (on && this.u >= last) this.u = first;
    this.playing = on ? { since: performance.now(), from: this.u } : null;
    this.playButton.textContent = on ? "Pause" : "Play";
    if (!on) this.commit();
    this.request();
  }

  advance(now) {
    const { values } = this.map.film, first = values[0], last = values.at(-1);
    this.u = Math.min(this.playing.from + ((last - first) * (now - this.playing.since)) / 1000 / FILM_SECONDS, last);
    if (this.u >= last) this.play(false);
  }

  // --- painting, once a frame

  request() {
    this.waiting ??= requestAnimationFrame((now) => {
      this.waiting = null;
      try {
        if (this.playing) this.advance(now);
        this.paint();
        if (this.playing) this.request();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  paint() {
    if (!this.z) return;
    const z = this.preview ?? this.z;
    this.map.seek(this.u);
    if (z !== this.decoded || this.u !== this.decodedAt) {
      if (this.network) this.showDecoded(this.network.forward(z, this.u));
      else if (z !== this.decoded) this.server.want(z);
      this.decoded = z;
      this.decodedAt = this.u;
      this.sliders.show(z);
      this.caption.textContent = `decoded from ${inWords(z)}`;
      if (this.about.latent_dim > 2) this.offPlane.textContent = `z lies ${number(this.map.plane.off(z), 2)}${this.sliders.unit} off the map's plane: the pointer moves it on a slice parallel to it.`;
    }
    if (this.map.width && this.map.ratio !== window.devicePixelRatio) this.map.resize(this.map.width, this.map.height); // on another screen
    if (this.map.width) this.map.paint({ cursor: z, ghost: this.preview && this.z, ellipses: [...new Set([this.row ?? -1, this.hovered])].filter((row) => row >= 0) });
    this.showOriginal();
    if (this.filmInput) {
      this.filmInput.value = this.u;
      this.filmValue.textContent = String(Number(this.axisValue().toPrecision(2)));
    }
  }

  showDecoded(pixels) {
    paintImage(this.decodedCanvas, pixels, this.about.image);
    if (!this.classifier) return;
    const p = this.classifier.forward(pixels), [first, second] = Array.from(p.keys()).sort((a, b) => p[b] - p[a]);
    const says = (c) => `${this.classNames[c]} (${Math.round(100 * p[c])} %)`;
    this.guess.textContent = p[first] < SURE ? `unsure: ${says(first)} or ${says(second)}` : `looks like ${says(first)}`;
  }

  showTip(at) {
    const row = this.hovered;
    this.tip.hidden = row < 0;
    if (row < 0) return;
    this.tipText.textContent = this.rowInWords(row);
    this.tipImage.hidden = !this.paintOriginal(this.tipImage, row);
    const right = at[0] > this.map.width / 2, low = at[1] > this.map.height / 2;
    Object.assign(this.tip.style, { left: `${at[0]}px`, top: `${at[1]}px`, translate: `${right ? "calc(-100% - 14px)" : "14px"} ${low ? "calc(-100% - 14px)" : "14px"}` });
  }

  showOriginal() {
    const row = this.preview ? null : this.row ?? null;
    if (row === this.shownRow && this.shownSheet === this.sheet) return;
    Object.assign(this, { shownRow: row, shownSheet: this.sheet });
    this.original.hidden = row === null;
    if (row === null) return;
    this.originalCanvas.hidden = !this.paintOriginal(this.originalCanvas, row);
    this.originalText.textContent = this.rowInWords(row);
  }

  paintOriginal(canvas, row) {
    if (row >= this.nImages) return false;
    const [, height, width] = this.about.image;
    [canvas.width, canvas.height] = [width, height];
    canvas.setAttribute("aria-label", this.rowInWords(row));
    canvas.getContext("2d").drawImage(this.sheet, (row % this.columns) * width, Math.floor(row / this.columns) * height, width, height, 0, 0, width, height);
    return true;
  }

  rowInWords(row) {
    const { name } = this.about.classes[this.map.labels[row]];
    return `test image ${row.toLocaleString("en")}: ${name}${this.sheet && row >= this.nImages ? " (image not kept with the run)" : ""}`;
  }

  announce() {
    this.said.textContent = `${inWords(this.z)}${this.guess.textContent ? `, ${this.guess.textContent}` : ""}`;
    this.decodedCanvas.setAttribute("aria-label", `The image decoded from ${inWords(this.z)}`);
  }

  nImages = 0;
  hovered = -1;

  close() {
    cancelAnimationFrame(this.waiting);
    this.sized.disconnect();
    this.server?.close();
  }
}

function inWords(z) {
  return z.length <= 3 ? `z = (${z.map((v) => number(v, 2)).join(", ")})` : `the ${z.length} numbers of z`;
}

/** Keeps the blocks that have arrived, and lets the oldest go if there are too many. */
function unpack() {
  for (const bytes of hub.arrived.splice(0)) {
    const block = openBlock(bytes);
    hub.blocks.delete(block.id);
    hub.blocks.set(block.id, block);
  }
  let total = 0;
  for (const [id, { size }] of [...hub.blocks].reverse()) if ((total += size) > KEPT && total > size) hub.blocks.delete(id);
}

/** A pad as soon as its blocks and its letter are here; asks for what does not come. */
function openPad(root, data, say) {
  const wanted = [data.map, data.decoder, data.classifier].filter(Boolean), all = [...wanted, data.images].filter(Boolean);
  let pad = null, asked = new Set(), pictured = false, overdue;
  const fail = (error) => {
    pad?.close();
    pad = null;
    hub.removeEventListener("delivery", look);
    console.warn(error);
    root.replaceChildren(element("p.fault", { role: "alert" }, error instanceof Fault ? error.message : `The latent pad can't be shown in this browser (${error.message}). ${REMEDY}`));
  };
  const look = () => {
    try {
      unpack();
      const letter = hub.letters.get(data.key);
      if (!letter) return;
      const missing = all.filter((id) => !hub.blocks.has(id) && !letter.sending.includes(id) && !asked.has(id));
      if (missing.length) {
        missing.forEach((id) => asked.add(id));
        say.missing(missing);
      }
      if (!pad && wanted.every((id) => hub.blocks.has(id))) {
        const block = (id) => (id ? hub.blocks.get(id) : null);
        pad = new Pad(root, { map: block(data.map), decoder: block(data.decoder), classifier: block(data.classifier) }, say, fail);
      }
      pad?.read(letter);
      if (pad && !pictured && hub.blocks.has(data.images)) {
        pictured = true;
        const { about, tensors } = hub.blocks.get(data.images);
        createImageBitmap(new Blob([tensors().sheet.data])).then((bitmap) => pad?.setImages(bitmap, about), fail);
      }
    } catch (error) {
      fail(error);
    }
  };
  root.replaceChildren(element("p.loading", {}, "Loading the map…"));
  hub.addEventListener("delivery", look);
  overdue = setTimeout(() => {
    const late = all.filter((id) => !hub.blocks.has(id));
    if (late.length) say.missing(late);
  }, OVERDUE);
  look();
  return () => {
    clearTimeout(overdue);
    hub.removeEventListener("delivery", look);
    pad?.close();
  };
}

const open = new WeakMap(); // root -> { key, close }

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".pad-root");
  if (!root) parentElement.append((root = element("div.pad-root")));
  if (open.get(root)?.key !== data.key) {
    open.get(root)?.close();
    const say = Object.fromEntries(["commit", "ask", "missing"].map((name) => [name, (value) => setTriggerValue(name, value)]));
    open.set(root, { key: data.key, close: openPad(root, data, say) });
  }
  return () => {
    open.get(root)?.close();
    open.delete(root);
  };
}
