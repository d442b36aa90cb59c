// The path on which a diffusion model leads noise to a code: the noise follows the hand on the map of codes, and the path and the
// decoded images follow it.

import { describeCode, formatNumber } from "../core/format.js";
import { isInGap } from "../core/gaps.js";
import { createView } from "../core/map_view.js";
import { Network } from "../core/network.js";
import { sampleNormal } from "../core/random.js";
import { pointOnPath } from "../core/path.js";
import { SecondStage } from "../core/second_stage.js";
import { DecodedImage } from "../view/decoded_image.js";
import { createElement, readTheme } from "../view/dom.js";
import { LatentMap } from "../view/map.js";
import { addMapListeners } from "../view/map_input.js";
import { MapZoom } from "../view/map_zoom.js";
import { createSaveButton } from "../view/save_image.js";
import { Figure } from "./figure.js";
import { drawMapAndImage } from "./pad/layout.js";

const MARKED_STEP = 2; // every second step of the path is marked on the map
const views = new Map(); // ids of maps -> their view, which outlives the figure

export class NoisePath extends Figure {
  /** blocks: { map, decoder or null, second_stage }; options: { position: on the axis of a ladder's film, class: number of the class that a
   * conditional model decodes, or null, is_named: whether a classifier is to come }. Fields: noise [R], time from 0 (noise) to 1 (code). */
  build() {
    const { map, decoder, second_stage: secondStage } = this.blocks, { metadata } = map;
    Object.assign(this, { metadata, isAnnouncementPending: true });
    this.model = new SecondStage(secondStage);
    this.network = decoder && new Network(decoder);
    if (this.network) this.network.label = this.options.class ?? 0;
    this.canvas = createElement("canvas", { tabIndex: 0, role: "application", "data-testid": "live-control",
      "aria-label": `${metadata.description} Arrow keys move the noise at which the path begins, and with Shift five times as far. Home moves it to the mean. Plus and minus zoom, 0 shows the whole map. Escape leaves the map.` });
    this.map = new LatentMap(this.canvas, map, () => readTheme(this.element));
    if (!views.has(map.id)) views.set(map.id, createView());
    this.map.view = views.get(map.id);
    this.mapContainer = createElement("div.stage", {}, this.canvas, this.map.cursor.element);
    this.listen();
    const createImage = (testId) => new DecodedImage(metadata.image_shape, this.options.is_named, testId);
    this.images = this.network ? { now: createImage("noise-path-now"), end: createImage("noise-path-end") } : {};
    const pictures = Object.entries(this.images).map(([name, image]) => (image.frame = createElement("div", {}, createElement("p.name", {}, name === "now" ? "On the path" : "At its end"), image.element)));
    this.announcement = createElement("span.unseen", { "aria-live": "polite" });
    this.offPlaneText = this.model.nNoise > 2 ? createElement("p.off") : null;
    return [createElement(this.network ? "section.noise-path" : "section.noise-path.alone", { role: "group", "aria-label": "Path from noise to a code", "data-testid": "live-figure" },
      this.mapContainer, this.network ? createElement("div.images", {}, ...pictures) : null,
      createElement("div.buttons", {}, createElement("button", { onclick: () => this.release(sampleNormal(this.model.nNoise)), title: "Begin the path at other standard normal numbers" }, "New noise"), this.network ? this.createSave() : null),
      this.offPlaneText, this.announcement)];
  }

  createSave() {
    const drawPicture = () => drawMapAndImage({ ...this, decodedImage: this.images.end, z: this.path[0], description: `the end of the path, ${describeCode(this.path.at(-1))}` }, null);
    return createSaveButton("path from noise", "Save the map and the image at the end of the path as one captioned picture", drawPicture);
  }

  listen() {
    const { map, mapContainer } = this, noiseAt = (point) => this.model.whiten(map.plane.moveTo(this.model.unwhiten(this.values.noise), point));
    const zoom = new MapZoom(mapContainer, map, { onStart: () => endDrag(), onChange: () => { map.stale = true; this.painter.request(); } });
    const preview = (noise) => { this.preview = noise; this.painter.request(); };
    const endDrag = addMapListeners(this.canvas, map, {
      onHover: (position) => preview(noiseAt(map.plotArea.toData(position))),
      onLeave: () => this.preview && preview(null),
      onRelease: () => this.release(this.preview),
      onStep: (step) => {
        const start = map.plane.project(this.model.unwhiten(this.values.noise)), point = step && start.map((v, i) => v + (step[i] * this.metadata.step) / map.view.zoom);
        if (step && !map.plotArea.holds(point)) return;
        this.move({ noise: step ? noiseAt(point) : this.values.noise.map(() => 0) });
        map.reveal(point ?? map.plane.project(this.model.mean));
      },
      onZoom: (direction) => zoom.step(direction),
      onFit: () => zoom.fit(),
      onCommit: () => this.commit(),
    });
  }

  /** Let the path begin at a noise [R] from now on. */
  release(noise) {
    this.preview = null;
    this.move({ noise });
    this.commit();
  }

  commit() {
    super.commit();
    this.isAnnouncementPending = true;
    this.painter.request();
  }

  /** Name decoded images from now on. classifier: the block of its weights. */
  addBlocks({ classifier }) {
    if (classifier) for (const image of Object.values(this.images)) image.setClassifier(classifier);
  }

  paint({ noise: chosen, time }) {
    const { map, mapContainer: { clientWidth: width, clientHeight: height }, options: { position = 0 } } = this, noise = this.preview ?? chosen;
    if (noise !== this.pathNoise) Object.assign(this, { pathNoise: noise, path: this.model.path(noise), overlay: null });
    map.seek(position);
    const { path } = this, now = pointOnPath(path, time), end = path.at(-1);
    this.overlay ??= this.createOverlay(path.filter((_, i) => i % MARKED_STEP === 0));
    if (width && height) {
      if (map.width !== width || map.height !== height || map.pixelRatio !== window.devicePixelRatio) map.resize(width, height);
      const theme = JSON.stringify(readTheme(this.element));
      if (theme !== this.paintedTheme) Object.assign(map, { stale: true });
      this.paintedTheme = theme;
      map.paint({ cursor: path[0], ghost: now, rows: [], toolOverlay: this.overlay });
    }
    if (this.images.now) this.images.now.frame.hidden = now === end;
    this.decode(this.images.now, now, position);
    this.decode(this.images.end, end, position);
    if (this.offPlaneText) this.offPlaneText.textContent = `The noise has ${noise.length} numbers. The hand moves it parallel to the map's plane; it is ${formatNumber(map.plane.distanceTo(path[0]), 2)}${this.metadata.has_prior ? " σ" : ""} off this plane.`;
    if (this.isAnnouncementPending && !this.preview) this.announce(end);
  }

  /** Return what the map shows of a path: its steps, those in gaps as crosses, and the Gaussian of the noise. An AE's map has it already. */
  createOverlay(steps) {
    const { map, metadata, model } = this, isDrawn = metadata.has_prior && model.nNoise > 1;
    const gaussian = isDrawn ? { mu: Array.from(model.mean), factor: map.plane.directionsFactor(model.directions) } : undefined;
    return { paths: [{ zs: steps, gaps: steps.map((z) => isInGap(map.film, map.plane.project(z))), faint: false }], gaussian };
  }

  decode(image, z, position) {
    if (!image || image.z === z) return;
    image.z = z;
    image.show(this.network.forward(z, position).slice()); // as the other image is decoded into the same array
    image.setDescription(describeCode(z));
  }

  /** Tell screen readers where the path ends and what is decoded there. */
  announce(end) {
    this.isAnnouncementPending = false;
    for (const [name, image] of Object.entries(this.images)) image.announce(describeCode(name === "now" ? image.z : end));
    this.announcement.textContent = `The path ends at ${describeCode(end)}. ${this.images.end?.classCaption.textContent ?? ""}`;
  }
}
