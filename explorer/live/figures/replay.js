// The replay of a finished or running training: its map and images over the epochs.

import { arrangeImages } from "../core/image_grid.js";
import { findInterval } from "../core/interval.js";
import { createView } from "../core/map_view.js";
import { pictureShape } from "../core/vector_picture.js";
import { createElement, observeSize, onAppearanceChange, paintImage, readTheme } from "../view/dom.js";
import { FilmControls } from "../view/film_controls.js";
import { FramePainter } from "../view/frame_painter.js";
import { createLegend } from "../view/legend.js";
import { LatentMap } from "../view/map.js";
import { MapZoom } from "../view/map_zoom.js";
import { Readouts } from "../view/readouts.js";
import { addCaption } from "../view/save_image.js";
import { createVideoButton } from "../view/save_video.js";

const IMAGE_GAP = 1; // px
const VIDEO_SECONDS = 8;

export class Replay {
  /** blocks: { map, pictures }; the axis of the map's film is the epoch, and there are pictures of each of its frames. */
  constructor(root, blocks, { table, send, showError }) {
    root.classList.add("pad-root");
    this.epochName = table.fields[0]?.name; // undefined where the state stays in the browser
    const { metadata } = blocks.map;
    Object.assign(this, { hiddenClasses: new Set(), view: createView(), sheet: createElement("canvas") });
    this.canvas = createElement("canvas", { role: "img", "data-testid": "replay-map", "aria-label": metadata.description });
    this.filmControls = new FilmControls(metadata.film, metadata.film.values, { onSeek: (filmPosition) => this.seek(filmPosition), onCommit: () => this.epochName && send("commit", { values: { [this.epochName]: this.filmPosition } }) });
    this.readoutsContainer = createElement("div");
    this.strips = ["test images", "reconstructions", "samples"].map((name, i) => {
      const canvas = createElement("canvas.strip", { role: "img", "data-testid": `replay-${i}`, "aria-label": name });
      return { canvas, element: createElement("figure", {}, createElement("figcaption", {}, name), canvas) };
    });
    this.mapContainer = createElement("div.stage", {}, this.canvas);
    const repaintMap = () => this.repaintMap();
    this.painter = new FramePainter(() => this.paint(), showError);
    this.element = createElement("div.replay", { role: "group", "aria-label": "Replay of the training", "data-testid": "replay" },
      createElement("div", {}, metadata.classes.length > 1 ? createLegend(metadata.classes, this.hiddenClasses, repaintMap) : null, this.mapContainer),
      createElement("div.strips", {}, ...this.strips.map(({ element }) => element), this.readoutsContainer, this.filmControls.element, this.createVideo()));
    this.stopAppearanceListener = onAppearanceChange(this.element, () => this.resize());
    root.replaceChildren(this.element);
    this.stopSizeObserver = observeSize([this.mapContainer], () => this.resize());
    this.continueWith(blocks);
  }

  /** Show later blocks of the same training. A film at its end follows to the new end; otherwise it stays where it is. */
  continueWith({ map, pictures }) {
    const pixels = pictures.tensors(), isFollowing = !this.map || (this.filmPosition >= this.filmControls.last && !this.filmControls.playback);
    Object.assign(this, { metadata: pictures.metadata, frame: null });
    [this.originals, this.frames] = [pixels.originals.data, pixels.pictures.data]; // uint8 [k, C, H, W], [F, 2, k, C, H, W]
    this.map = new LatentMap(this.canvas, map, () => readTheme(this.element));
    Object.assign(this.map, { hiddenClasses: this.hiddenClasses, view: this.view });
    this.showOriginalsOnMap();
    this.filmControls.setRange(this.map.film.values);
    this.readouts = new Readouts(map.metadata.readouts, this.map.film.values);
    this.readoutsContainer.replaceChildren(this.readouts.element);
    if (isFollowing) this.filmPosition = this.filmControls.last;
    this.resize();
    return this;
  }

  createVideo() {
    return createVideoButton("Save the map and the images over the epochs as a video", () => {
      const { first, last } = this.filmControls;
      return { name: "training", seconds: VIDEO_SECONDS, show: (share) => this.seek(first + share * (last - first)), drawPicture: () => this.drawPicture(), onEnd: () => {} };
    });
  }

  /** Return a canvas with the map and, beside it, the images, above the epoch. */
  drawPicture() {
    const theme = readTheme(this.element), width = this.canvas.width, height = this.canvas.height, strips = this.strips.map(({ canvas }) => canvas);
    const output = createElement("canvas", { width: 2 * width, height }), ctx = output.getContext("2d"), step = height / strips.length;
    ctx.fillStyle = theme.background;
    ctx.fillRect(0, 0, output.width, output.height);
    ctx.drawImage(this.canvas, 0, 0);
    ctx.imageSmoothingEnabled = false;
    strips.forEach((strip, i) => ctx.drawImage(strip, width, i * step, width, Math.min(step, (width * strip.height) / strip.width)));
    return addCaption(output, `${this.filmControls.title} ${this.filmControls.valueOutput.textContent}: the map, test images, their reconstructions, and samples`, theme, this.map.pixelRatio);
  }

  repaintMap() {
    this.map.stale = true;
    this.requestPaint();
  }

  /** Let the map zoom, and show the first test images at their codes. */
  showOriginalsOnMap() {
    const { n_images: imageCount, image_shape: shape } = this.metadata;
    this.paintStrip(this.sheet, this.originals, 0);
    this.map.thumbnails.setImages({ sheet: this.sheet, imageCount, columns: imageCount, shape: pictureShape(shape) });
    if (this.zoom) this.zoom.setMap(this.map);
    else this.zoom = new MapZoom(this.mapContainer, this.map, { onStart: () => {}, onChange: () => this.repaintMap() });
  }

  /** Show the epoch of a state, if it has one. */
  applyState({ values }) {
    const epoch = values[this.epochName];
    if (epoch != null) this.seek(epoch);
  }

  seek(filmPosition) {
    this.filmPosition = filmPosition;
    this.requestPaint();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.mapContainer;
    if (!width || !height) return;
    this.map.resize(width, height);
    this.paint();
  }

  requestPaint() {
    this.painter.request();
  }

  paint() {
    this.filmControls.advance();
    const { map, filmPosition } = this;
    this.filmControls.show(filmPosition);
    this.readouts.show(filmPosition);
    map.seek(filmPosition);
    if (map.width) map.paint({ cursor: null, ghost: null, rows: [] });
    const [i, fraction] = findInterval(map.film.values, filmPosition), frame = Math.round(i + fraction); // pictures are not interpolated
    if (frame === this.frame) return;
    this.frame = frame;
    const size = this.originals.length, first = 2 * frame * size;
    this.paintStrip(this.strips[0].canvas, this.originals);
    this.paintStrip(this.strips[1].canvas, this.frames.subarray(first, first + size));
    this.paintStrip(this.strips[2].canvas, this.frames.subarray(first + size, first + 2 * size));
  }

  /** Paint images uint8 [n, C, H, W] in a row, gap px apart. */
  paintStrip(canvas, pixels, gap = IMAGE_GAP) {
    const { n_images: imageCount, image_shape: shape } = this.metadata, size = pixels.length / imageCount;
    const strip = arrangeImages(imageCount, imageCount, shape, (i) => Float32Array.from(pixels.subarray(i * size, (i + 1) * size), (value) => value / 255), gap);
    paintImage(canvas, strip.pixels, strip.shape);
  }

  close() {
    this.painter.close();
    this.stopAppearanceListener();
    this.stopSizeObserver();
  }
}
