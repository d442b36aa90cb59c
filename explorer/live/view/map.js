// The map of codes. Axes and points are painted once into a base layer; the canvas shows this layer and the overlay above it.
// The cursor consists of elements above the canvas, so that moving it repaints nothing.

import { paintDots, toAbgr, unpremultiply } from "../core/dots.js";
import { UserFacingError } from "../core/errors.js";
import { Film } from "../core/film.js";
import { Plane } from "../core/plane.js";
import { PlotArea } from "../core/plot_area.js";
import { clipTo, drawAxes } from "./axes.js";
import { createElement, OPAQUE_CONTEXT } from "./dom.js";
import { GapShading } from "./gap_shading.js";
import { drawGaussian, drawHaloText, drawMark, drawPath, PATH_STEP_RADIUS, POINT_MARK_RADIUS, traceCircle } from "./marks.js";

const MAX_POINTER_DISTANCE = 10; // px between the pointer and the point that it selects
const IMAGE_PREFERENCE_DISTANCE = 6; // px by which a point with an image may be farther than the nearest point and still be selected
const MAX_CLASSES_ALL_LABELLED = 10; // as many classes as there are colours; of more, labels that would overlap are left out
const EMPTY_LIST = [];
const EMPTY_OVERLAY = {};
const MIN_RING_SPACING = 12; // px between rings, below which they have no labels

export class LatentMap {
  /** block: of the map; getTheme(): its colours and font. */
  constructor(canvas, block, getTheme) {
    const tensors = block.tensors();
    this.canvas = canvas;
    this.ctx = canvas.getContext("2d", OPAQUE_CONTEXT);
    this.metadata = block.metadata;
    this.film = new Film(block);
    this.plane = new Plane(tensors);
    this.gapShading = this.film.frameTensors.gap_levels ? new GapShading(this.film) : null;
    this.labels = tensors.labels.data; // [n]: the class of each point
    if (!this.pointCount) throw new UserFacingError("This run has no codes to draw a map of. Train it again, with test images.");
    this.getTheme = getTheme;
    this.hiddenClasses = new Set();
    [this.baseLayer, this.pointsCanvas] = ["canvas", "canvas"].map((tag) => document.createElement(tag));
    this.stale = true;
    [this.horizontalLine, this.verticalLine, this.pathLine, this.ghost, this.ring] = ["across", "up", "path", "ghost", "ring"].map((name) => createElement(`i.${name}`));
    this.cursor = createElement("div.cursor", { "aria-hidden": "true" }, this.horizontalLine, this.verticalLine, this.pathLine, this.ghost, this.ring);
  }

  get pointCount() { return this.labels.length; }

  get hasGaps() { return Boolean(this.gapShading); }

  resize(width, height) {
    this.pixelRatio = window.devicePixelRatio;
    Object.assign(this, { width, height });
    for (const canvas of [this.canvas, this.baseLayer, this.pointsCanvas]) {
      canvas.width = Math.round(width * this.pixelRatio);
      canvas.height = Math.round(height * this.pixelRatio);
    }
    this.stale = true;
  }

  seek(filmPosition) {
    if (this.film.seek(filmPosition)) this.stale = true;
  }

  /** Return the row of the point at a position on the canvas, or -1. The first imageCount points, which have images, are preferred to
   * close neighbours. */
  pointAt(position, imageCount) {
    const [rowWithImage, distanceWithImage] = this.findNearest(position, 0, imageCount), [otherRow, otherDistance] = this.findNearest(position, imageCount, this.pointCount);
    return distanceWithImage <= otherDistance + IMAGE_PREFERENCE_DISTANCE ? rowWithImage : otherRow;
  }

  /** Return [row, distance in px] of the nearest visible point among rows firstRow to lastRow, or [-1, Infinity]. */
  findNearest([px, py], firstRow, lastRow) {
    const { pixelPositions, labels, hiddenClasses } = this;
    let best = -1, leastSquaredDistance = MAX_POINTER_DISTANCE * MAX_POINTER_DISTANCE;
    for (let i = firstRow; i < lastRow; i++) {
      const dx = pixelPositions[2 * i] - px, dy = pixelPositions[2 * i + 1] - py, squaredDistance = dx * dx + dy * dy;
      if (squaredDistance < leastSquaredDistance && !hiddenClasses.has(labels[i])) [best, leastSquaredDistance] = [i, squaredDistance];
    }
    return [best, best < 0 ? Infinity : Math.sqrt(leastSquaredDistance)];
  }

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
    this.cursor.hidden = !cursor;
    if (!cursor) return;
    const { box } = this.plotArea, toPlotArea = (z) => this.plotArea.toPixels(this.plane.project(z)).map((v, i) => v - (i ? box.y : box.x));
    const [x, y] = toPlotArea(cursor);
    this.horizontalLine.style.transform = `translateY(${y}px)`;
    this.verticalLine.style.transform = `translateX(${x}px)`;
    this.ring.style.transform = `translate(${x}px, ${y}px)`;
    this.pathLine.hidden = !walkStart;
    if (walkStart) {
      const [x0, y0] = toPlotArea(walkStart);
      this.pathLine.style.transform = `translate(${x0}px, ${y0}px) rotate(${Math.atan2(y - y0, x - x0)}rad) scaleX(${Math.hypot(x - x0, y - y0)})`;
    }
    this.ghost.hidden = !ghost;
    if (ghost) this.ghost.style.transform = `translate(${toPlotArea(ghost).map((v) => `${v}px`).join()})`;
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
    if (gaussian) drawGaussian(ctx, toPixels(gaussian.mu), this.plane.covarianceFactor(gaussian.sd), this.plotArea.scale);
    for (const row of rows.filter((row) => row < this.pointCount)) {
      const isPosteriorVisible = this.film.frameTensors.posterior_factors && this.drawPosterior(row);
      if (!isPosteriorVisible) drawMark(ctx, this.pixelPositions.subarray(2 * row, 2 * row + 2), POINT_MARK_RADIUS);
    }
    ctx.restore();
  }

  paintBaseLayer() {
    const { film, pixelRatio, baseLayer } = this, ctx = baseLayer.getContext("2d", { willReadFrequently: true }), theme = this.getTheme();
    this.plotArea = new PlotArea(film.interpolate("bounds"), this.metadata.to_scale, this.width, this.height);
    const { box } = this.plotArea;
    Object.assign(this.cursor.style, { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` });
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = theme.background;
    ctx.fillRect(0, 0, baseLayer.width, baseLayer.height);
    ctx.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    if (this.gapShading) this.drawGapShading(ctx, theme);
    this.paintPoints(ctx);
    if (this.metadata.has_rings) this.drawRings(ctx, theme);
    drawAxes(ctx, this.plotArea, this.metadata.axis_titles, theme);
    if (this.outsideCount) this.drawOutsideCount(ctx, theme);
    if (this.metadata.classes.length > 1) this.drawLabels(ctx, theme);
    this.stale = false;
  }

  paintPoints(ctx) {
    const { film, plotArea, pixelRatio, baseLayer, pointCount } = this, { box, scale, centre } = plotArea;
    this.pixelPositions = new Float32Array(2 * pointCount);
    const left = box.x + box.width / 2 - centre[0] * scale[0], top = box.y + box.height / 2 + centre[1] * scale[1];
    for (let i = 0; i < pointCount; i++) {
      this.pixelPositions[2 * i] = left + film.points[2 * i] * scale[0];
      this.pixelPositions[2 * i + 1] = top - film.points[2 * i + 1] * scale[1];
    }
    const classColours = this.metadata.classes.map(({ colour }, classIndex) => (this.hiddenClasses.has(classIndex) ? 0 : toAbgr(colour)));
    const isShown = (i) => plotArea.contains([this.pixelPositions[2 * i], this.pixelPositions[2 * i + 1]]);
    const colours = Int32Array.from(this.labels, (label, i) => (isShown(i) ? classColours[label] : 0));
    this.outsideCount = this.labels.filter((_, i) => !isShown(i)).length;
    const imageData = new ImageData(baseLayer.width, baseLayer.height), pixels = new Int32Array(imageData.data.buffer); // no canvas is read back, because browsers may add noise to its pixels
    const radius = Math.min(Math.max(8.4 * pointCount ** -0.15, 1.4), 5);
    paintDots(pixels, baseLayer.width, baseLayer.height, this.pixelPositions.map((v) => v * pixelRatio), colours, radius * pixelRatio);
    unpremultiply(pixels);
    this.pointsCanvas.getContext("2d", { willReadFrequently: true }).putImageData(imageData, 0, 0); // in main memory, as the base layer is
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.drawImage(this.pointsCanvas, 0, 0);
    ctx.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  }

  drawGapShading(ctx, theme) {
    ctx.save();
    clipTo(ctx, this.plotArea);
    this.gapShading.draw(ctx, this.plotArea, theme);
    ctx.restore();
  }

  /** Write how many points lie outside the map. */
  drawOutsideCount(ctx, theme) {
    const { box } = this.plotArea;
    ctx.font = `11px ${theme.font}`;
    ctx.textAlign = "right";
    ctx.textBaseline = "top";
    drawHaloText(ctx, `${this.outsideCount} code${this.outsideCount > 1 ? "s" : ""} outside this map`, box.x + box.width - 5, box.y + 5, theme);
  }

  /** Draw one, two and three standard deviations of the prior, or of the Gaussian fitted to the codes. */
  drawRings(ctx, theme) {
    ctx.save();
    clipTo(ctx, this.plotArea);
    ctx.font = `11px ${theme.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineWidth = 1;
    const toPixels = (standardPoint) => this.plotArea.toPixels(this.plane.fromStandardUnits(standardPoint)), spacing = toPixels([0, 0])[1] - toPixels([0, 1])[1];
    for (const radius of [1, 2, 3]) {
      ctx.strokeStyle = theme.text;
      ctx.globalAlpha = 0.5;
      ctx.setLineDash([2, 3]);
      traceCircle(ctx, radius, toPixels);
      ctx.stroke();
      ctx.globalAlpha = 1;
      ctx.setLineDash([]);
      if (spacing > MIN_RING_SPACING) drawHaloText(ctx, `${radius} σ`, ...toPixels([0, radius]), theme);
    }
    ctx.restore();
  }

  /** Write the name of each class at its median; of many classes, only those that do not overlap. */
  drawLabels(ctx, theme) {
    ctx.font = `600 13px ${theme.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    const medians = this.film.interpolate("label_positions"), { classes } = this.metadata, placedLabels = [];
    classes.forEach(({ name }, classIndex) => {
      const [x, y] = this.plotArea.toPixels([medians[2 * classIndex], medians[2 * classIndex + 1]]), width = ctx.measureText(name).width;
      const overlaps = classes.length > MAX_CLASSES_ALL_LABELLED && placedLabels.some((other) => Math.abs(other.x - x) < (other.width + width) / 2 && Math.abs(other.y - y) < 16);
      if (this.hiddenClasses.has(classIndex) || overlaps) return;
      placedLabels.push({ x, y, width });
      drawHaloText(ctx, name, x, y, theme);
    });
  }

  /** Draw the posterior of a point. Return whether it is large enough to be seen. */
  drawPosterior(row) {
    return drawGaussian(this.ctx, [this.pixelPositions[2 * row], this.pixelPositions[2 * row + 1]], this.film.interpolate("posterior_factors", 3 * row, 3), this.plotArea.scale);
  }
}
