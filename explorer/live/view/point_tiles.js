// The points of a map of very many, painted once into tiles and moved with them. Tiles of another zoom stand in, enlarged or reduced, until
// those of the present one have been painted, a few milliseconds in each frame.

import { dotSize, paintDots, POINT_OPACITY, unpremultiply } from "../core/dots.js";
import { createElement } from "./dom.js";

const TILE_SIDE = 256; // device pixels
const CHUNK_POINTS = 8192; // points that are painted between two looks at the clock
const FRAME_BUDGET = 6; // ms of painting in a frame
const MAX_TILES = 160; // of one zoom
const N_OPAQUE = 70_000; // points up to which they are as opaque as on smaller maps; of more, so that their density is seen, less
const EMPTY_TILE = null; // one without points

const chunkPositions = new Float32Array(2 * CHUNK_POINTS);
const chunkColours = new Int32Array(CHUNK_POINTS);

/** The tiles of one scale (device pixels of a map unit): their places by "column,row", counted from the middle of the whole map. */
class TileLevel {
  constructor(scale, radius, opacity) {
    Object.assign(this, { scale, radius, opacity, tiles: new Map(), job: null });
  }

  /** Return [column, row] of the tiles that a rectangle covers: [left, top, right, bottom] in device pixels from the middle of the map. */
  placesWithin([left, top, right, bottom], margin = 0) {
    const [firstColumn, firstRow, lastColumn, lastRow] = [left, top, right - 1e-6, bottom - 1e-6].map((v, i) => Math.floor(v / TILE_SIDE) + (i < 2 ? -margin : margin)), places = [];
    for (let row = firstRow; row <= lastRow; row++) for (let column = firstColumn; column <= lastColumn; column++) places.push([column, row]);
    return places;
  }

  has(places) { return places.every((place) => this.tiles.has(place.join())); }

  /** Draw the tiles of a rectangle, at a scale and with the middle of the map at a position (device pixels). */
  draw(ctx, rectangle, scale, middle) {
    const [kx, ky] = scale.map((s, i) => s / this.scale[i]);
    for (const [column, row] of this.placesWithin(rectangle.map((v, i) => v / (i % 2 ? ky : kx)))) {
      const tile = this.tiles.get(`${column},${row}`), width = TILE_SIDE * kx, height = TILE_SIDE * ky;
      if (tile) ctx.drawImage(tile, middle[0] + column * width, middle[1] + row * height, width, height);
    }
  }

  /** Paint tiles that are missing until a time (performance.now()). Return whether none is missing. */
  paint(places, deadline, content) {
    for (const place of places) {
      const key = place.join();
      if (this.tiles.has(key)) continue;
      if (this.job?.key !== key) this.job = new TileJob(key, place, this, content);
      while (!this.job.paintChunk()) if (performance.now() > deadline) return false;
      this.tiles.set(key, this.job.finish());
      this.job = null;
      if (performance.now() > deadline) return false;
    }
    return true;
  }

  /** Forget tiles that are farthest from what is shown, if there are too many. */
  limit(places) {
    if (this.tiles.size <= MAX_TILES) return;
    const shown = new Set(places.map(String));
    for (const key of this.tiles.keys()) if (!shown.has(key)) this.tiles.delete(key);
  }
}

/** A tile while it is painted. content: { grid, labels, colours: of the classes, 0 for a hidden one, fitCentre }. */
class TileJob {
  constructor(key, [column, row], { scale, radius, opacity }, { grid, labels, colours, fitCentre }) {
    Object.assign(this, { key, radius, opacity, grid, labels, colours, scale });
    this.margin = dotSize(radius);
    this.side = TILE_SIDE + 2 * this.margin;
    this.left = column * TILE_SIDE - this.margin - fitCentre[0] * scale[0]; // pixels from the map's zero to the left of this tile
    this.top = row * TILE_SIDE - this.margin + fitCentre[1] * scale[1];
    this.parts = grid.partsWithin([this.left / scale[0], -(this.top + this.side) / scale[1]], [(this.left + this.side) / scale[0], -this.top / scale[1]]);
    [this.part, this.next, this.isEmpty] = [0, this.parts[0][0], true];
    this.pixels = new Int32Array(this.side * this.side);
  }

  /** Paint the next points. Return whether they were the last. */
  paintChunk() {
    const { grid: { rows, points }, labels, colours, parts, scale, left, top } = this;
    let count = 0;
    while (count < CHUNK_POINTS && this.part < parts.length) {
      const end = Math.min(parts[this.part][1], this.next + CHUNK_POINTS - count);
      for (let i = this.next; i < end; i++) {
        const row = rows[i], colour = colours[labels[row]];
        if (!colour) continue;
        [chunkPositions[2 * count], chunkPositions[2 * count + 1]] = [points[2 * row] * scale[0] - left, -points[2 * row + 1] * scale[1] - top];
        chunkColours[count++] = colour;
      }
      this.next = end;
      if (end >= parts[this.part][1]) this.next = parts[++this.part]?.[0] ?? 0;
    }
    if (count) this.isEmpty = false;
    paintDots(this.pixels, this.side, this.side, chunkPositions, chunkColours.subarray(0, count), this.radius, this.opacity);
    return this.part >= parts.length;
  }

  /** Return the canvas of the tile, or EMPTY_TILE. */
  finish() {
    if (this.isEmpty) return EMPTY_TILE;
    unpremultiply(this.pixels);
    const canvas = createElement("canvas", { width: TILE_SIDE, height: TILE_SIDE }), data = new Uint8ClampedArray(this.pixels.buffer);
    canvas.getContext("2d", { willReadFrequently: true }).putImageData(new ImageData(data, this.side, this.side), -this.margin, -this.margin); // in main memory, as the map is
    return canvas;
  }
}

export class PointTiles {
  /** radiusAt(zoom): px. */
  constructor(radiusAt) {
    Object.assign(this, { radiusAt, contentKey: null, overview: null, levels: [], lastScale: null });
  }

  /** Draw the points of a map; box: of its plot area. content: see TileJob; contentKey: changes with it. Return whether nothing is left
   * to paint: otherwise draw again in the next frame. */
  draw(ctx, { plotArea, pixelRatio, pointCount }, content, contentKey) {
    const { box, zoom, centre, middle, fitScale, fitCentre } = plotArea, scale = plotArea.scale.map((s) => s * pixelRatio);
    const toDevice = (v) => v * pixelRatio, whole = [-box.width / 2, -box.height / 2, box.width / 2, box.height / 2].map(toDevice);
    const createLevel = (levelScale, levelZoom) => new TileLevel(levelScale, this.radiusAt(levelZoom) * pixelRatio, POINT_OPACITY * Math.min((N_OPAQUE / pointCount) ** 0.3 * levelZoom ** 0.6, 1));
    const key = [contentKey, fitScale, fitCentre, whole, pixelRatio].join();
    if (key !== this.contentKey) {
      this.overview = createLevel(fitScale.map(toDevice), 1);
      this.overview.paint(this.overview.placesWithin(whole), Infinity, content); // what stands in for all others
      Object.assign(this, { contentKey: key, levels: [], lastScale: null });
    }
    const origin = [middle[0] + (fitCentre[0] - centre[0]) * plotArea.scale[0], middle[1] - (fitCentre[1] - centre[1]) * plotArea.scale[1]].map((v) => Math.round(toDevice(v))); // of the middle of the whole map
    const shown = [box.x, box.y, box.x + box.width, box.y + box.height].map((v, i) => toDevice(v) - origin[i % 2]);
    const isSteady = String(scale) === this.lastScale, level = this.findLevel(scale, isSteady && (() => createLevel(scale, zoom)));
    this.lastScale = String(scale);
    const places = level?.placesWithin(shown) ?? [], around = level?.placesWithin(shown, level === this.overview ? 0 : 1) ?? [];
    const isComplete = Boolean(level?.paint([...places, ...around], performance.now() + FRAME_BUDGET, content));
    level?.limit(around);
    this.drawLevels(ctx, level, shown, scale, origin);
    return isComplete;
  }

  /** Return the level of a scale; create it if it is missing and create is a function. */
  findLevel(scale, create) {
    const found = [this.overview, ...this.levels].find((level) => String(level.scale) === String(scale));
    if (found || !create) return found;
    this.levels = [create(), ...this.levels.filter(({ job, tiles }) => !job && tiles.size).slice(0, 1)];
    return this.levels[0];
  }

  drawLevels(ctx, level, shown, scale, origin) {
    const others = [...this.levels.filter((other) => other !== level), this.overview];
    if (!level) return this.drawStandIn(ctx, others, shown, scale, origin);
    for (const [column, row] of level.placesWithin(shown)) {
      const rectangle = [column, row, column + 1, row + 1].map((v) => v * TILE_SIDE), tile = level.tiles.get(`${column},${row}`);
      if (tile) ctx.drawImage(tile, origin[0] + rectangle[0], origin[1] + rectangle[1]);
      else if (tile === undefined) this.drawStandIn(ctx, others, rectangle, scale, origin);
    }
  }

  /** Draw a rectangle from the first of several levels that has all of it. */
  drawStandIn(ctx, levels, rectangle, scale, origin) {
    const standIn = levels.find((level) => level === this.overview || level.has(level.placesWithin(rectangle.map((v, i) => (v * level.scale[i % 2]) / scale[i % 2]))));
    ctx.save();
    ctx.beginPath();
    ctx.rect(origin[0] + rectangle[0], origin[1] + rectangle[1], rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]);
    ctx.clip();
    standIn.draw(ctx, rectangle, scale, origin);
    ctx.restore();
  }
}
