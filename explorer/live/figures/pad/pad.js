// The latent pad. It builds its parts from blocks, moves z as pointer, sliders and keys ask, and exchanges messages with Python.

import { UserFacingError } from "../../core/errors.js";
import { sampleNormal } from "../../core/random.js";
import { ServerDecoder } from "../../core/server_decoder.js";
import { DirectionSlider } from "../../view/direction_slider.js";
import { createElement, observeSize, onAppearanceChange, readTheme } from "../../view/dom.js";
import { FilmControls } from "../../view/film_controls.js";
import { FramePainter } from "../../view/frame_painter.js";
import { createLegend } from "../../view/legend.js";
import { Originals } from "../../view/originals.js";
import { Sliders } from "../../view/sliders.js";
import { ClassChoice } from "./class_choice.js";
import { createPairLayout, createSingleLayout } from "./layout.js";
import { connectMap, findView } from "./map_actions.js";
import { Samples } from "./samples.js";
import { Side } from "./side.js";
import { PadState } from "./state.js";
import { canMove, createPadVideo } from "./video.js";
import { Walk } from "./walk.js";

export class Pad {
  /** sides: blocks { map, decoder or null, codes } of each run; codes float32 [frames, points, D] only where no Python answers with the code
   * of a clicked point. options: { compact: whether there is something beside the pad, is_named: whether a classifier is to come }. */
  constructor(root, { sides }, { table, options, send, broadcast = () => {}, showError }) {
    this.painter = new FramePainter(() => this.paint(), showError);
    root.classList.add("pad-root");
    root.classList.toggle("compact", Boolean(options?.compact));
    Object.assign(this, { send, broadcast, state: new PadState(table), selectedRow: null, hasUnsentMove: false, markedRows: [], walk: { start: [0, 0], rows: [null, null] }, toolOverlay: {}, toolOverlayJson: null });
    this.sides = sides.map((blocks, i) => new Side(i, blocks, Boolean(options?.is_named), () => readTheme(this.element)));
    const filmSide = this.sides.find(({ metadata }) => metadata.film), sliderSide = (this.sliderSide = this.sides.at(-1)), [{ metadata, map }] = this.sides;
    this.filmPosition = filmSide ? filmSide.map.film.values.at(-1) : 0;
    if (!this.sides.every(({ network }) => network)) this.serverDecoder = new ServerDecoder((values) => send("decode_request", { values }), (pixels) => { pixels.forEach((image, i) => image && this.sides[i].decodedImage.show(image)); this.requestPaint(); });
    this.originals = new Originals(metadata.image_shape, (row, noun) => `test ${noun} ${row.toLocaleString("en")}: ${metadata.classes[map.labels[row]].name}`, () => this.repaintMaps());
    this.sliders = new Sliders(sliderSide.metadata, sliderSide.origin, {
      getValue: (index) => sliderSide.z[index],
      onMove: (index, value) => this.moveSide(sliderSide, Object.assign([...sliderSide.z], { [index]: value })),
      onCommit: () => this.commit(),
    });
    this.directionSlider = new DirectionSlider({ onMove: (z) => this.moveSide(sliderSide, z), onCommit: () => this.commit() });
    this.filmControls = filmSide ? new FilmControls(filmSide.metadata.film, filmSide.map.film.values, { onSeek: (filmPosition) => this.seek(filmPosition), onCommit: () => this.commit() }) : null;
    if (filmSide) this.filmControls.side = filmSide;
    this.classChoice = new ClassChoice(this.sides, { onChoose: () => this.markMoved(), onChange: () => this.path?.strip.strips.forEach((strip) => (strip.painted = null)), onCommit: () => this.commit() });
    if (this.sides.length > 1) {
      this.path = new Walk(this);
      this.samples = new Samples(this.sides, sampleNormal, { onChange: () => this.requestPaint(), onSelect: (side, z) => this.moveAndCommit(this.propagate(side, z)) });
    }
    root.replaceChildren((this.element = this.createLayout()));
    for (const side of this.sides) connectMap(this, side);
    this.stopSizeObserver = observeSize(this.sides.map(({ mapContainer }) => mapContainer), () => this.resize());
  }

  /** Take what arrives later. images: the block of the sheet of test images; classifier: its weights; sides: those of each run. */
  async addBlocks({ images, classifier, sides }) {
    if (images) this.originals.setSheet(await createImageBitmap(new Blob([images.tensors().sheet.data])), images.metadata);
    this.walk = { ...this.walk }; // so that its ends are painted again
    if (!classifier && !sides) return;
    for (const side of this.sides) if (classifier) side.decodedImage.setClassifier(classifier); else side.addBlocks(sides[side.index]);
    this.samples?.invalidate();
    this.announcementPending = true;
    this.requestPaint();
  }

  repaintMaps() {
    for (const side of this.sides) side.map.stale = true;
    this.requestPaint();
  }

  createLayout() {
    const { sides } = this, [{ metadata, map }] = sides, dimensions = Math.max(...sides.map(({ origin }) => origin.length));
    const view = findView(sides.map((side) => side.mapId).join());
    for (const side of sides) Object.assign(side.map, { hiddenClasses: map.hiddenClasses, view });
    this.announcement = createElement("span.unseen", { "aria-live": "polite" });
    const isSingle = sides.length === 1;
    this.videoButton = createPadVideo(this);
    const parts = { ...this,
      legend: metadata.classes.length > 1 ? createLegend(metadata.classes, map.hiddenClasses, () => this.repaintMaps()) : null,
      sampleButton: createElement("button", { onclick: () => { const noise = sampleNormal(dimensions); this.moveAndCommit(sides.map((side) => side.codeFromNoise(noise))); }, title: isSingle ? metadata.sample_help : "Sample the same standard normal numbers for both; each run scales them by its prior or by the Gaussian fitted to its codes" },
        isSingle ? metadata.sample_label : "Resample"),
      resetButton: createElement("button", { onclick: () => this.moveAndCommit(sides.map(({ origin }) => origin)), title: isSingle ? `Back to ${metadata.origin_label}` : "Back to the mean" }, "Reset"),
      projectOntoMap: (side) => this.moveAndCommit(sides.map((other) => (other === side ? side.map.plane.projectOntoPlane(side.z) : other.z))),
    };
    const layout = isSingle ? createSingleLayout(parts) : createPairLayout(parts);
    this.stopAppearanceListener = onAppearanceChange(layout, () => this.resize());
    return layout;
  }

  resize() {
    if (this.sides.map((side) => side.resize()).every(Boolean)) this.paint(); // synchronously, because resizing clears a canvas
  }

  // --- Moving z

  /** Return the z of every side after z moves on one side: the others move to the same map coordinates, in standard deviations. */
  propagate(side, z) {
    const standardPoint = side.map.plane.toStandardUnits(z);
    return this.sides.map((other) => (other === side ? z : other.map.plane.moveTo(other.z, other.map.plane.fromStandardUnits(standardPoint))));
  }

  /** Preview the z at a position on the map, until the pointer leaves. */
  previewAt(side, position) {
    this.propagate(side, side.map.plane.moveTo(side.z, side.map.plotArea.toData(position))).forEach((z, i) => (this.sides[i].preview = z));
    side.pointerPosition = position;
    side.hoveredRow = side.map.pointAt(position, this.originals.imageCount);
    side.showTooltip(position, this.originals);
    this.requestPaint();
  }

  endPreview() {
    if (!this.sides.some(({ preview }) => preview)) return;
    this.clearPreview();
    this.requestPaint();
  }

  clearPreview() {
    for (const side of this.sides) side.clearPreview();
  }

  /** Commit the previewed z. If row >= 0, a point was clicked, and z is its code: from the block of codes, or else from Python. */
  commitHover(side, row) {
    for (const other of this.sides) [other.z, other.preview] = [other.visibleZ, null];
    this.markMoved();
    if (row >= 0) this.classChoice.set(side.labelOf(row));
    this.commit(row < 0 ? null : row, side);
  }

  moveSide(side, z) { this.moveSides(this.propagate(side, z)); }

  moveSides(zs) {
    zs.forEach((z, i) => (this.sides[i].z = z));
    this.clearPreview();
    this.markMoved();
  }

  moveAndCommit(zs) {
    this.moveSides(zs.map((z) => [...z]));
    this.commit();
  }

  // --- Messages

  /** The value on the film's axis, or null. */
  get filmValue() {
    return this.filmControls && this.filmControls.toAxisValue(this.filmPosition);
  }

  /** Send what has moved, or that a point was clicked on a side. */
  commit(row = null, side = this.sliderSide) {
    this.requestPaint();
    if (!this.hasUnsentMove) return;
    let zs = this.sides.map(({ z }) => z);
    if (row !== null) zs = this.propagate(side, side.map.plane.moveTo(side.z, side.map.film.points.subarray(2 * row, 2 * row + 2)));
    const code = row === null ? null : side.codeOf(row);
    if (code) {
      zs[side.index] = code;
      this.sides.forEach((other, i) => (other.z = zs[i]));
      this.selectedRow = row;
    }
    this.send("commit", { values: this.state.toValues(zs, this.filmValue, this.classChoice.number, this.walk), row, side: side.index });
    this.hasUnsentMove = false;
    this.announcementPending = true;
  }

  /** Apply a state: { values, row: of the selected point, marked_rows: of points to mark, row_codes: of points by their row, [frames][D] of each side,
   * overlay, server_images, last_message }, all but the values optional. The values are ignored where they are older than what the hand has moved. */
  applyState({ values, row: selectedRow, marked_rows: markedRows = [], row_codes: rowCodes, overlay, server_images: serverImages, last_message: lastMessage }, isNewest) {
    const { zs, filmValue, label, walk } = this.state.fromValues(values), isCurrent = isNewest && !this.hasUnsentMove;
    if (zs.length !== this.sides.length || zs.some((z, i) => z?.length !== this.sides[i].origin.length))
      throw new UserFacingError("The state of this figure is invalid: it needs a z of each run, with as many dimensions as its codes.");
    const row = selectedRow < this.sides[0].map.pointCount ? selectedRow : null;
    const differs = ({ z }, i) => !z || zs[i].some((v, k) => v !== z[k]);
    if (isCurrent && (row !== this.selectedRow || this.sides.some(differs))) {
      this.sides.forEach((side, i) => (side.z = zs[i]));
      Object.assign(this, { selectedRow: row, announcementPending: true });
      this.clearPreview();
    }
    if (isCurrent && this.filmControls && filmValue != null) this.filmPosition = this.filmControls.fromAxisValue(filmValue);
    if (isCurrent && label != null) this.classChoice.set(label);
    for (const [codedRow, codes] of Object.entries(rowCodes ?? {})) this.sides.forEach((side, i) => (side.rowCodes[codedRow] = codes[i]));
    Object.assign(this, { markedRows, walk: isCurrent ? walk : { ...this.walk } });
    this.setToolOverlay(overlay ?? {});
    if (serverImages) this.serverDecoder?.receive(serverImages, lastMessage);
    this.requestPaint();
  }

  /** Show what a tool draws: { paths: [{ zs, gaps, faint }], marks: [z], gaussian: { mu, sd }, direction: { name, vector } }, all optional. */
  setToolOverlay(toolOverlay) {
    const json = JSON.stringify(toolOverlay);
    if (json === this.toolOverlayJson) return;
    Object.assign(this, { toolOverlay, toolOverlayJson: json });
    this.directionSlider.set(toolOverlay.direction ?? null);
    if (this.sliderSide.visibleZ) this.directionSlider.show(this.sliderSide.visibleZ);
  }

  seek(filmPosition) {
    this.filmPosition = filmPosition;
    this.broadcast({ [this.state.filmName]: this.filmValue });
    this.markMoved();
  }

  /** Note that z, the film position or the class has moved: the image whose code was chosen is no longer what is decoded. */
  markMoved() {
    this.selectedRow = null;
    this.hasUnsentMove = true;
    this.requestPaint();
  }

  // --- Painting, once a frame

  requestPaint() {
    this.painter.request();
  }

  paint() {
    this.filmControls?.advance();
    const { sides, filmPosition, sliderSide, walk, selectedRow: row } = this;
    this.filmControls?.show(filmPosition);
    this.classChoice.show();
    const hasChanged = sides.map((side) => side.decode(filmPosition)).some(Boolean) || Boolean(this.path && walk !== this.paintedWalk);
    this.paintedWalk = walk;
    if (hasChanged) {
      this.sliders.show(sliderSide.visibleZ);
      if (!sliderSide.preview) this.directionSlider.show(sliderSide.z);
      this.serverDecoder?.request(this.state.imageValues(sides.map((side) => side.visibleZ), this.filmValue, this.classChoice.number));
      this.path?.show(walk, filmPosition);
    }
    this.samples?.show(filmPosition);
    if (this.videoButton) this.videoButton.hidden = !canMove(this);
    const isPreviewing = sides.some(({ preview }) => preview);
    this.originals.show(row, isPreviewing);
    if (this.announcementPending && !isPreviewing && (!this.serverDecoder || this.serverDecoder.isUpToDate)) this.announce();
    const rows = [...new Set([row ?? -1, ...this.markedRows, ...sides.map(({ hoveredRow }) => hoveredRow)])].filter((r) => r >= 0);
    for (const side of sides) side.paint({ rows, sampledZs: this.samples?.codesOf(side), toolOverlay: this.toolOverlay, ...this.path?.marksOn(side, walk) });
  }

  /** Tell screen readers where z is and what the images show. */
  announce() {
    this.announcementPending = false;
    const announcements = this.sides.map((side) => (this.sides.length > 1 ? `${side.metadata.model}: ` : "") + side.announce());
    this.announcement.textContent = [...announcements, this.selectedRow !== null && this.originals.describeRow(this.selectedRow)].filter(Boolean).join(this.sides.length > 1 ? "; " : ", ");
  }

  close() {
    this.painter.close();
    this.stopSizeObserver();
    this.stopAppearanceListener();
    this.serverDecoder?.close();
    this.path?.close();
  }
}
