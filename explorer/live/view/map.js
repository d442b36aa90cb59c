// The map of codes. Axes and points are painted into a base layer when the view or the film moves; the canvas shows this layer and the
// overlay above it.

import { paintDots, toAbgr, unpremultiply } from "../core/dots.js";
import { UserFacingError } from "../core/errors.js";
import { Film } from "../core/film.js";
import { createView, revealPoint } from "../core/map_view.js";
import { PointGrid } from "../core/point_grid.js";
import { Plane } from "../core/plane.js";
import { PlotArea } from "../core/plot_area.js";
import { clipTo, drawAxes, TICK_FONT_SIZE } from "./axes.js";
import { findPointScale, OPAQUE_CONTEXT } from "./dom.js";
import { GapShading } from "./gap_shading.js";
import { MapCursor } from "./map_cursor.js";
import { drawLabels, drawOutsideCount, drawRings } from "./map_labels.js";
import { drawGaussian, drawMark, drawPath, PATH_STEP_RADIUS, POINT_MARK_RADIUS } from "./marks.js";
import { PointTiles } from "./point_tiles.js";
import { Thumbnails } from "./thumbnails.js";

const MAX_POINTER_DISTANCE = 10; // px between the pointer and the point that it selects
const IMAGE_PREFERENCE_DISTANCE = 6; // px by which a point with an image may be farther than the nearest point and still be selected
const MAX_REPAINTED = 20_000; // points that are painted again with each view; more are painted into tiles
const EMPTY_LIST = [];
const EMPTY_OVERLAY = {};

export class LatentMap {
  /** block: of the map; getTheme(): its colours and font. */
  constructor(canvas, block, getTheme) {
    this.canvas = canvas;
    this.ctx = canvas.getContext("2d", OPAQUE_CONTEXT);
    this.metadata = block.metadata;
    this.plane = new Plane(block.tensors());
    this.setPoints(block);
    this.getTheme = getTheme;
    this.hiddenClasses = new Set();
    [this.baseLayer, this.pointsCanvas] = ["canvas", "canvas"].map((tag) => document.createElement(tag));
    Object.assign(this, { view: createView(), cursor: new MapCursor(), thumbnails: new Thumbnails(), onPaint: () => {}, onUnfinished: () => {} }); // the last: called if painting again would show more
  }

  /** Show the points of a block from now on, whose first ones are those shown until now. */
  setPoints(block) {
    const { position = null } = this.film ?? {};
    this.film = new Film(block);
    if (position !== null) this.film.seek(position);
    this.gapShading = this.film.frameTensors.gap_levels ? new GapShading(this.film) : null;
    this.labels = block.tensors().labels.data; // [n]: the class of each point
    if (!this.pointCount) throw new UserFacingError("This run has no codes to draw a map of. Train it again, with test images.");
    this.tiles = this.film.frameCount === 1 && this.pointCount > MAX_REPAINTED ? new PointTiles((zoom) => this.radiusAt(zoom)) : null;
    const repaintedCount = this.tiles ? 0 : this.pointCount;
    [this.pixelPositions, this.devicePositions, this.colours] = [new Float32Array(2 * this.pointCount), new Float32Array(2 * repaintedCount), new Int32Array(repaintedCount)];
    [this.pointGrid, this.outsideKey, this.stale] = [null, null, true];
  }

  get pointCount() { return this.labels.length; }

  get hasGaps() { return Boolean(this.gapShading); }

  resize(width, height) {
    this.pixelRatio = window.devicePixelRatio;
    const { lectureFontSize = 0 } = this.getTheme();
    Object.assign(this, { width, height, typeScale: Math.max(lectureFontSize / TICK_FONT_SIZE, 1), pointScale: findPointScale(lectureFontSize) });
    for (const canvas of [this.canvas, this.baseLayer, this.pointsCanvas]) {
      canvas.width = Math.round(width * this.pixelRatio);
      canvas.height = Math.round(height * this.pixelRatio);
    }
    this.imageData = new ImageData(this.canvas.width || 1, this.canvas.height || 1);
    this.stale = true;
  }

  seek(filmPosition) {
    if (this.film.seek(filmPosition)) [this.pointGrid, this.stale] = [null, true];
  }

  /** Show another zoom and centre, in map units. */
  setView({ zoom, centre }) {
    Object.assign(this.view, { zoom, centre: this.plane.pointToStandardUnits(centre) });
    this.updatePlotArea();
    this.stale = true;
  }

  /** Move the view, if need be, so that a point is seen. */
  reveal(point) {
    if (!this.plotArea.contains(this.plotArea.toPixels(point))) this.setView(revealPoint(this.plotArea, point));
  }

  updatePlotArea() {
    this.plotArea = this.createPlotArea({ zoom: this.view.zoom, centre: this.plane.fromStandardUnits(this.view.centre) });
  }

  createPlotArea(view) {
    return new PlotArea(this.film.interpolate("bounds"), this.metadata.to_scale, this.width, this.height, view, this.typeScale);
  }

  /** Return the row of the thumbnail or the point at a position on the canvas, or -1. The first imageCount points, which have images,
   * are preferred to close neighbours. */
  pointAt(position, imageCount) {
    const thumbnailRow = this.thumbnails.rowAt(this.pixelPositions, position);
    if (thumbnailRow >= 0) return thumbnailRow;
    const { labels, hiddenClasses } = this, isShown = (row) => !hiddenClasses.has(labels[row]);
    const [rowWithImage, distanceWithImage] = this.findNearest(position, (row) => row < imageCount && isShown(row)), [otherRow, otherDistance] = this.findNearest(position, (row) => row >= imageCount && isShown(row));
    return distanceWithImage <= otherDistance + IMAGE_PREFERENCE_DISTANCE ? rowWithImage : otherRow;
  }

  /** Return [row, distance in px] of the nearest accepted point, or [-1, Infinity]. */
  findNearest(position, isAccepted) {
    this.pointGrid ??= new PointGrid(this.film.points);
    return this.pointGrid.findNearest(this.plotArea.toData(position), this.plotArea.scale, MAX_POINTER_DISTANCE, isAccepted);
  }

  /** Return the position of a point in px. */
  positionOf(row) { return this.plotArea.toPixels(this.film.points.subarray(2 * row, 2 * row + 2)); }

  /**
   * Paint what has changed. cursor: z or null; ghost: the committed z during a preview, or null; rows: of the points whose posteriors are
   * drawn; walkStart: the z at which the path to the cursor starts, or null; sampledZs: zs to mark; toolOverlay: see Pad.setToolOverlay.
   */
  paint({ cursor, ghost, rows, walkStart = null, sampledZs = EMPTY_LIST, toolOverlay = EMPTY_OVERLAY }) {
    const rowsKey = String(rows);
    if (this.stale || rowsKey !== this.paintedRowsKey || sampledZs !== this.sampledZs || toolOverlay !== this.toolOverlay) {
      if (this.stale) this.paintBaseLayer();
      Object.assign(this, { paintedRowsKey: rowsKey, sampledZs, toolOverlay });
      this.paintOverlay(rows);
    }
    const toPixels = (z) => z && this.plotArea.toPixels(this.plane.project(z));
    this.cursorPosition = toPixels(cursor);
    this.cursor.show(this.plotArea, this.cursorPosition, toPixels(ghost), toPixels(walkStart));
  }

  paintOverlay(rows) {
    const { ctx, pixelRatio } = this;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.drawImage(this.baseLayer, 0, 0);
    ctx.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    ctx.save();
    clipTo(ctx, this.plotArea);
    const toPixels = (z) => this.plotArea.toPixels(this.plane.project(z)), { paths = EMPTY_LIST, marks = EMPTY_LIST, gaussian } = this.toolOverlay;
    for (const { zs, gaps, faint } of paths) drawPath(ctx, zs.map(toPixels), gaps, faint);
    for (const z of [...this.sampledZs, ...marks]) drawMark(ctx, toPixels(z), PATH_STEP_RADIUS);
    if (gaussian) drawGaussian(ctx, toPixels(gaussian.mu), gaussian.factor ?? this.plane.covarianceFactor(gaussian.sd), this.plotArea);
    for (const row of rows.filter((row) => row < this.pointCount)) {
      const isPosteriorVisible = this.film.frameTensors.posterior_factors && this.drawPosterior(row);
      if (!isPosteriorVisible) drawMark(ctx, this.positionOf(row), POINT_MARK_RADIUS);
    }
    ctx.restore();
  }

  paintBaseLayer() {
    const { film, pixelRatio, baseLayer } = this, ctx = baseLayer.getContext("2d", { willReadFrequently: true }), theme = this.getTheme();
    this.stale = false; // unless onUnfinished() asks to paint again
    this.updatePlotArea();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = theme.background;
    ctx.fillRect(0, 0, baseLayer.width, baseLayer.height);
    ctx.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    if (this.gapShading) this.drawGapShading(ctx, theme);
    this.paintPoints(ctx);
    this.thumbnails.draw(ctx, this);
    if (this.metadata.has_rings) drawRings(ctx, this.plotArea, this.plane, theme);
    drawAxes(ctx, this.plotArea, this.metadata.axis_titles, theme);
    this.onPaint();
    if (this.outsideCount && this.view.zoom === 1) drawOutsideCount(ctx, this.plotArea, this.outsideCount, this.noteIsLeft, theme);
    const { classes } = this.metadata, { hiddenClasses } = this;
    if (classes.length > 1 && !this.thumbnails.areShown(this.view)) drawLabels(ctx, this.plotArea, { classes, hiddenClasses, medians: film.interpolate("label_positions") }, theme);
  }

  /** The radius of a point in px. */
  radiusAt(zoom) { return Math.min(Math.max(8.4 * this.pointCount ** -0.15, 1.4) * zoom ** 0.2, 5) * this.pointScale; }

  /** Return the colour of each class for paintDots, 0 for a hidden one. */
  classColours() { return this.metadata.classes.map(({ colour }, classIndex) => (this.hiddenClasses.has(classIndex) ? 0 : toAbgr(colour))); }

  paintPoints(ctx) {
    ctx.save();
    clipTo(ctx, this.plotArea);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    if (this.tiles) this.drawTiles(ctx);
    else this.repaintPoints(ctx);
    ctx.restore();
  }

  repaintPoints(ctx) {
    const { film, plotArea, pixelRatio, baseLayer, pointCount, labels, pixelPositions, devicePositions, colours } = this, { scale, centre, middle, box } = plotArea;
    const left = middle[0] - centre[0] * scale[0], top = middle[1] + centre[1] * scale[1], right = box.x + box.width, bottom = box.y + box.height;
    const classColours = this.classColours(), radius = this.radiusAt(this.view.zoom);
    this.outsideCount = 0;
    for (let i = 0; i < pointCount; i++) {
      const x = left + film.points[2 * i] * scale[0], y = top - film.points[2 * i + 1] * scale[1];
      const isShown = x >= box.x && y >= box.y && x <= right && y <= bottom;
      const isTouching = isShown || (x > box.x - radius && y > box.y - radius && x < right + radius && y < bottom + radius);
      [pixelPositions[2 * i], pixelPositions[2 * i + 1]] = [x, y];
      [devicePositions[2 * i], devicePositions[2 * i + 1]] = [x * pixelRatio, y * pixelRatio];
      colours[i] = isTouching ? classColours[labels[i]] : 0;
      if (!isShown) this.outsideCount++;
    }
    const { imageData } = this, pixels = new Int32Array(imageData.data.buffer); // no canvas is read back, because browsers may add noise to its pixels
    pixels.fill(0);
    paintDots(pixels, baseLayer.width, baseLayer.height, devicePositions, colours, radius * pixelRatio);
    unpremultiply(pixels);
    this.pointsCanvas.getContext("2d", { willReadFrequently: true }).putImageData(imageData, 0, 0); // in main memory, as the base layer is
    ctx.drawImage(this.pointsCanvas, 0, 0);
  }

  drawTiles(ctx) {
    const { labels, pixelPositions, plotArea, film } = this, colours = this.classColours(), imageCount = this.thumbnails.images?.imageCount ?? 0;
    this.pointGrid ??= new PointGrid(film.points);
    if (!this.tiles.draw(ctx, this, { grid: this.pointGrid, labels, colours, fitCentre: plotArea.fitCentre }, colours)) this.onUnfinished();
    for (let row = 0; row < imageCount; row++) pixelPositions.set(this.positionOf(row), 2 * row); // those that may have thumbnails
    if (this.view.zoom === 1) this.countOutside();
  }

  /** Count the points that lie outside the whole map, once for its size. */
  countOutside() {
    const { plotArea, plotArea: { box }, film: { points } } = this;
    const [left, top] = plotArea.toData([box.x, box.y]), [right, bottom] = plotArea.toData([box.x + box.width, box.y + box.height]), key = [left, top, right, bottom].join();
    if (key === this.outsideKey) return;
    Object.assign(this, { outsideKey: key, outsideCount: 0 });
    for (let i = 0; i < points.length; i += 2) if (points[i] < left || points[i] > right || points[i + 1] < bottom || points[i + 1] > top) this.outsideCount++;
  }

  drawGapShading(ctx, theme) {
    ctx.save();
    clipTo(ctx, this.plotArea);
    this.gapShading.draw(ctx, this.plotArea, theme);
    ctx.restore();
  }

  /** Draw the posterior of a point. Return whether it is large enough to be seen. */
  drawPosterior(row) {
    return drawGaussian(this.ctx, this.positionOf(row), this.film.interpolate("posterior_factors", 3 * row, 3), this.plotArea);
  }
}
