// One run of a pad: its map, its decoder, its decoded image, and where z is.

export class Side {
  /** index: 0, or 1 for the second of two; block: the map's; decoder, classifier: theirs, or null; theme(): of the page. */
  constructor(index, { map, decoder }, classifier, theme) {
    const { about } = map, tensors = map.tensors(), nth = index ? `-${index + 1}` : "";
    Object.assign(this, { index, about, z: null, preview: null, hovered: -1, decoded: null, decodedAt: null });
    this.origin = Array.from(tensors.origin.data);
    this.factor = tensors.factor?.data ?? null; // draws are origin + factor·eps; without one, eps itself
    this.network = decoder && new Network(decoder);
    if (decoder && this.network.output.length !== about.image.reduce((a, b) => a * b))
      throw new Fault(`The decoder gives ${this.network.output.length} numbers for ${about.image.join("×")} pixels. ${REMEDY}`);
    this.canvas = element("canvas", { tabIndex: 0, role: "application", "data-testid": `latent-map${nth}`,
      "aria-label": `${about.label} Arrow keys move z, and with Shift five times as far. Home moves z to ${about.origin_name}. Escape leaves the map.` });
    this.map = new LatentMap(this.canvas, map, theme);
    this.picture = new Decoded(about.image, classifier, `decoded${nth}`);
    this.readouts = new Readouts(about.readouts, this.map.film.values);
    this.tipImage = element("canvas");
    this.tipText = element("span");
    this.tip = element("div.tip", { hidden: true }, this.tipImage, this.tipText);
    this.stage = element("div.stage", {}, this.canvas, this.map.cursor, this.tip);
    this.offPlane = element("span");
  }

  get seen() { return this.preview ?? this.z; }

  get unit() { return this.about.has_prior ? " σ" : ""; }

  /** eps [at least D] -> a draw from the prior, or without one from the Gaussian fitted to the codes. */
  drawn(eps) {
    const { origin, factor } = this, D = origin.length;
    return origin.map((v, i) => (factor ? v + origin.reduce((sum, _, j) => sum + factor[i * D + j] * eps[j], 0) : eps[i]));
  }

  /** Whether z lies in a gap; null if that is not known. */
  inGap(z) {
    return this.map.shade ? this.map.shade.at(this.map.plane.place(z)) : null;
  }

  lookAway() {
    this.preview = null;
    this.hovered = -1;
    this.tip.hidden = true;
  }

  /** Decodes what is seen, if it has changed and the browser can. Whether it has changed. */
  decode(u) {
    const z = this.seen;
    this.map.seek(u);
    if (z === this.decoded && u === this.decodedAt) return false;
    Object.assign(this, { decoded: z, decodedAt: u });
    if (this.network) this.picture.show(this.network.forward(z, u));
    this.readouts.show(u);
    this.picture.describe(inWords(z));
    this.picture.locate(this.inGap(z));
    if (this.about.latent_dim > 2)
      this.offPlane.textContent = `z is ${number(this.map.plane.off(z), 2)}${this.unit} off the map's plane. The pointer moves z parallel to this plane.`;
    return true;
  }

  paint(how) {
    const { map } = this;
    if (!map.width) return;
    if (map.ratio !== window.devicePixelRatio) map.resize(map.width, map.height); // on another screen
    map.paint({ cursor: this.seen, ghost: this.preview && this.z, ...how });
  }

  /** Whether there is room for a map. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (width && height) this.map.resize(width, height);
    return Boolean(width && height && this.z);
  }

  showTip(at, originals) {
    const { tip, tipImage, hovered, map } = this;
    tip.hidden = hovered < 0;
    if (tip.hidden) return;
    this.tipText.textContent = originals.inWords(hovered);
    tipImage.hidden = !originals.paint(tipImage, hovered);
    const side = (v, size) => (v > size / 2 ? "calc(-100% - 14px)" : "14px"); // towards the middle
    Object.assign(tip.style, { left: `${at[0]}px`, top: `${at[1]}px`, translate: `${side(at[0], map.width)} ${side(at[1], map.height)}` });
  }

  announce() {
    return this.picture.announce(inWords(this.seen));
  }
}

function inWords(z) {
  return z.length <= 3 ? `z = (${z.map((v) => number(v, 2)).join(", ")})` : `the ${z.length} numbers of z`;
}
