// One of the models of a playground: its map, the image at the pointer, reconstructions and samples.

import { describeCode } from "../../core/format.js";
import { arrangeImages } from "../../core/image_grid.js";
import { CodesOnMap } from "../../core/playground/codes_on_map.js";
import { LiveDecoder } from "../../core/playground/live_decoder.js";
import { sampleNormal, seedUniform } from "../../core/random.js";
import { DecodedPlane } from "../../view/decoded_plane.js";
import { createElement, paintImage, prefersReducedMotion } from "../../view/dom.js";
import { TrainingMap } from "../../view/training_map.js";
import { readTestClasses } from "./image_sets.js";

const N_RECONSTRUCTIONS = 8;
const N_SAMPLES = 16;
const SAMPLE_COLUMNS = 8;
const PICTURES_MS = 60; // between two paintings of reconstructions and samples at least

const createPicture = (testId, label) => createElement("canvas", { role: "img", "data-testid": testId, "aria-label": label });

export class Learner {
  /** index: 0 or 1; set: see readImageSet(); shape: { pixels, latent_dim, width, depth }; view: of the map, which both share; getTheme(): of
   * the page. */
  constructor(index, set, shape, view, getTheme) {
    const end = index ? "-2" : "", { labels, classes } = readTestClasses(set), D = shape.latent_dim;
    Object.assign(this, { index, set, hasState: false, isPending: false, picturesTime: 0 });
    this.codes = new CodesOnMap({ labels, classes, latentDim: D, shape: set.shape, name: set.name });
    this.decoder = new LiveDecoder(shape);
    this.z = new Array(D).fill(0);
    this.isZChosen = false; // until then, z is the mean of the prior or of the codes
    this.preview = null;
    const uniform = seedUniform(1);
    this.noise = Array.from({ length: N_SAMPLES }, () => sampleNormal(D, uniform));
    this.decodedPlane = new DecodedPlane(set.shape, (codes) => this.decoder.decode(codes));
    this.canvas = createElement("canvas", { tabIndex: 0, role: "application", "data-testid": `latent-map${end}` });
    this.map = new TrainingMap(this.canvas, this.codes, this.decodedPlane, getTheme);
    this.map.view = view;
    this.mapContainer = createElement("div.stage", {}, this.canvas, this.map.cursor.element);
    this.title = createElement("h3");
    this.use = createElement("span.use");
    this.decoded = createPicture(`decoded${end}`, "");
    this.decodedText = createElement("figcaption");
    this.pairs = createPicture(`reconstructions${end}`, `Above, ${N_RECONSTRUCTIONS} test images; below, their reconstructions`);
    this.samples = createPicture(`samples${end}`, `${N_SAMPLES} decoded samples`);
    this.samplesText = createElement("figcaption");
    const figure = (name, ...parts) => createElement(`figure.${name}`, {}, ...parts);
    this.element = createElement("section.learner", {}, createElement("div.learner-head", {}, this.title, this.use), this.mapContainer, createElement("div.pictures", {},
      figure("decoded", this.decoded, this.decodedText),
      figure("pairs", this.pairs, createElement("figcaption", {}, "test images, and their reconstructions")),
      figure("samples", this.samples, this.samplesText)));
    const pixels = shape.pixels, first = set.nTrain * pixels;
    this.originals = Float32Array.from({ length: Math.min(N_RECONSTRUCTIONS, labels.length) * pixels }, (_, i) => set.images[first + i] / 255);
    this.setThumbnails(labels.length, pixels, first);
  }

  /** Let the map show test images at their codes. */
  setThumbnails(n, pixels, first) {
    const { set: { shape, images } } = this, columns = Math.ceil(Math.sqrt(n)), sheet = createElement("canvas"), image = new Float32Array(pixels);
    const grid = arrangeImages(n, columns, shape, (i) => {
      for (let p = 0; p < pixels; p++) image[p] = images[first + i * pixels + p] / 255;
      return image;
    });
    paintImage(sheet, grid.pixels, grid.shape);
    this.map.thumbnails.setImages({ sheet, imageCount: n, columns, shape });
  }

  /** The z that is decoded: that under the pointer, or else the chosen one. */
  get visibleZ() { return this.preview ?? this.z; }

  /** Show the settings of the trainer. */
  describe(settings) {
    const { model, beta } = (this.settings = settings);
    const name = model === "ae" ? "AE" : "VAE";
    this.title.textContent = model === "ae" ? name : `${name}, β = ${Number(beta.toPrecision(3))}`;
    this.samplesText.textContent = model === "ae" ? "samples of the Gaussian fitted to the codes" : "samples of the prior";
    this.element.setAttribute("aria-label", name);
    this.canvas.setAttribute("aria-label", `Map of ${this.codes.n} codes of test images of ${this.set.name}, coloured by class, while the ${name} learns. Arrow keys move z, and with Shift five times as far. Home moves z to the mean. Plus and minus zoom, 0 shows the whole map. Escape leaves the map.`);
  }

  /** Take a state of the session; one of a training that diverges may have no codes that a map can show. */
  receive({ mu, logvar, weights, likelihood }) {
    if (!mu.every(Number.isFinite)) return;
    const isFirst = !this.hasState;
    this.codes.update({ mu, logvar });
    this.mu = mu;
    this.decoder.set(weights, likelihood);
    this.decodedPlane.invalidate();
    this.map.adopt();
    Object.assign(this, { hasState: true, isPending: true, decodedZ: null });
    this.use.textContent = logvar ? `${this.codes.activeUnits} of ${this.codes.latentDim} dimension${this.codes.latentDim > 1 ? "s" : ""} active` : "";
    if (!this.isZChosen) this.z = Array.from(this.codes.tensors.origin.data);
    if (isFirst) this.codes.moveBounds(true);
  }

  /** Fit the map to its container. Return whether it can be painted. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.mapContainer, { map } = this;
    if (!width || !height || !this.hasState) return false;
    if (map.width !== width || map.height !== height || map.pixelRatio !== window.devicePixelRatio) map.resize(width, height);
    return true;
  }

  /** Paint what has changed. isAtRest: nothing learns, so that there is time for more. Return whether the map still moves. */
  paint(isAtRest) {
    if (!this.resize()) return false;
    const { map, codes, decodedPlane } = this, theme = this.map.getTheme(), isMoving = codes.moveBounds(prefersReducedMotion()), themeKey = theme.text + theme.background;
    if (isMoving || themeKey !== this.themeKey) map.stale = true;
    this.themeKey = themeKey;
    map.updatePlotArea();
    if (decodedPlane.refresh(map.plotArea, map.plane, isAtRest && !isMoving, theme)) map.stale = true;
    map.paint({ cursor: this.visibleZ, ghost: this.preview && this.z, rows: [] });
    this.decode();
    const time = performance.now();
    if (this.isPending && (isAtRest || time - this.picturesTime > PICTURES_MS)) {
      this.picturesTime = time;
      this.isPending = false;
      this.paintPictures();
    }
    return isMoving || this.isPending || (isAtRest && decodedPlane.isShown && !decodedPlane.isFine);
  }

  decode() {
    const z = this.visibleZ;
    if (z === this.decodedZ) return;
    this.decodedZ = z;
    paintImage(this.decoded, this.decoder.decode(Float32Array.from(z)), this.set.shape);
    this.decodedText.textContent = describeCode(z);
    this.decoded.setAttribute("aria-label", `The image decoded from ${describeCode(z)}`);
  }

  paintPictures() {
    const { set: { shape }, originals, decoder } = this, { pixels, latentDim: D } = decoder, n = originals.length / pixels;
    const reconstructed = decoder.decode(this.mu.subarray(0, n * D));
    const pairs = arrangeImages(2 * n, n, shape, (i) => (i < n ? originals.subarray(i * pixels, (i + 1) * pixels) : reconstructed.subarray((i - n) * pixels, (i - n + 1) * pixels)), 1);
    paintImage(this.pairs, pairs.pixels, pairs.shape);
    const zs = this.noise.map((noise) => this.codes.codeFromNoise(noise)), images = decoder.decode(Float32Array.from(zs.flat()));
    const sheet = arrangeImages(N_SAMPLES, SAMPLE_COLUMNS, shape, (i) => images.subarray(i * pixels, (i + 1) * pixels), 1);
    paintImage(this.samples, sheet.pixels, sheet.shape);
  }
}
