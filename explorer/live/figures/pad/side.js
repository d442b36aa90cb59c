// One run of a pad: its map, its decoder, its decoded image and its z.

import { BatchDecoder } from "../../core/batch_decoder.js";
import { RELOAD_ADVICE, UserFacingError } from "../../core/errors.js";
import { DecodedGrid } from "../../core/decoded_grid.js";
import { describeCode, formatNumber } from "../../core/format.js";
import { isInGap } from "../../core/gaps.js";
import { Network } from "../../core/network.js";
import { DecodedImage } from "../../view/decoded_image.js";
import { createElement } from "../../view/dom.js";
import { LatentMap } from "../../view/map.js";
import { Readouts } from "../../view/readouts.js";

export class Side {
  /** index: 0, or 1 for the second of two runs; map, decoder, codes: blocks, the last two may be null; isNamed: whether a classifier is to
   * come; getTheme(): of the page. */
  constructor(index, { map, ...decoding }, isNamed, getTheme) {
    const { metadata } = map, tensors = map.tensors(), testIdSuffix = index ? `-${index + 1}` : "";
    Object.assign(this, { index, metadata, mapId: map.id, z: null, preview: null, hoveredRow: -1, rowCodes: {}, decodedZ: null, decodedFilmPosition: null, decodedLabel: null });
    this.origin = Array.from(tensors.origin.data);
    this.covarianceFactor = tensors.covariance_factor?.data ?? null; // samples are origin + factor·noise, or without a factor the noise itself
    this.setDecoder(decoding);
    this.canvas = createElement("canvas", { tabIndex: 0, role: "application", "data-testid": `latent-map${testIdSuffix}`,
      "aria-label": `${metadata.description} Arrow keys move z, and with Shift five times as far. Home moves z to ${metadata.origin_label}. Plus and minus zoom, 0 shows the whole map. Escape leaves the map.` });
    this.map = new LatentMap(this.canvas, map, getTheme);
    this.decodedImage = new DecodedImage(metadata.image_shape, isNamed, `decoded${testIdSuffix}`);
    this.readouts = new Readouts(metadata.readouts, this.map.film.values);
    this.tooltipImage = createElement("canvas");
    this.tooltipText = createElement("span");
    this.tooltip = createElement("div.tip", { hidden: true }, this.tooltipImage, this.tooltipText);
    this.mapContainer = createElement("div.stage", {}, this.canvas, this.map.cursor.element, this.tooltip);
    this.offPlaneText = createElement("span");
  }

  /** Take what arrives later: the whole map, the decoder, and the codes or null. */
  addBlocks({ map, ...decoding }) {
    this.map.setPoints(map);
    this.setDecoder(decoding);
  }

  /** Decode with this block from now on. codes: of the points, or null. */
  setDecoder({ decoder, codes = null }) {
    const { metadata, origin } = this, inputCount = metadata.latent_dim + metadata.decoded_classes.length;
    const network = decoder && (decoder.metadata.is_grid ? new DecodedGrid(decoder) : new Network(decoder));
    if (origin.length !== metadata.latent_dim || (decoder && !decoder.metadata.is_grid && decoder.metadata.n_inputs !== inputCount))
      throw new UserFacingError(`The map shows ${metadata.latent_dim} dimensions, and the decoder takes another number. ${RELOAD_ADVICE}`);
    if (decoder && network.output.length !== metadata.image_shape.reduce((a, b) => a * b))
      throw new UserFacingError(`The decoder gives ${network.output.length} numbers for ${metadata.image_shape.join("×")} pixels. ${RELOAD_ADVICE}`);
    Object.assign(this, { network, batchDecoder: network && new BatchDecoder(network), codes, decodedZ: null });
    this.label = this.label ?? 0;
  }

  /** The z that is shown: that under the pointer, or else the committed one. */
  get visibleZ() { return this.preview ?? this.z; }

  /** Whether images on a grid stand in for the decoder. */
  get isGrid() { return this.network instanceof DecodedGrid; }

  /** Whether a decoder of few bits stands in for the exact one. */
  get isCoarse() { return Boolean(this.network?.isCoarse); }

  get isConditional() { return this.metadata.decoded_classes.length > 0; }

  /** The number of the class that a conditional model decodes. */
  get label() { return this.labelNumber; }

  set label(number) {
    this.labelNumber = number;
    if (this.network) this.network.label = number;
  }

  get unit() { return this.metadata.has_prior ? " σ" : ""; }

  /** Turn standard normal noise [at least D] into a sample of the prior or, if there is none, of the Gaussian fitted to the codes. */
  codeFromNoise(noise) {
    const { origin, covarianceFactor } = this, dimensions = origin.length;
    return origin.map((value, i) => (covarianceFactor ? value + origin.reduce((sum, _, j) => sum + covarianceFactor[i * dimensions + j] * noise[j], 0) : noise[i]));
  }

  /** Return the code of a point at the film's present position, or null if it is not here: codes may be those of the first points. */
  codeOf(row) {
    if (!this.codes) return null;
    const { shape: [, pointCount, dimensions], data } = this.codes.tensors().codes;
    if (row >= pointCount) return null;
    return this.codeAmong((i) => data.subarray((i * pointCount + row) * dimensions, (i * pointCount + row + 1) * dimensions));
  }

  /** Return the same, also of a point whose codes [frames][D] Python has sent. */
  knownCodeOf(row) {
    return this.codeOf(row) ?? (this.rowCodes[row] ? this.codeAmong((i) => this.rowCodes[row][i]) : null);
  }

  /** Return the code at the film's present position. codeAt(i): the code of frame i. */
  codeAmong(codeAt) {
    const { frame, fraction } = this.map.film, next = codeAt(fraction ? frame + 1 : frame);
    return Array.from(codeAt(frame), (v, k) => v + fraction * (next[k] - v));
  }

  /** Return the number of the class of a point. */
  labelOf(row) {
    return this.metadata.classes[this.map.labels[row]].number;
  }

  /** The class that a conditional model decodes, in words. */
  get classText() { return `class ${this.metadata.decoded_classes[this.label].name}`; }

  /** Return what is decoded, in words: z, and the class of a conditional model. */
  get description() {
    return describeCode(this.visibleZ) + (this.isConditional ? `, ${this.classText}` : "") + (this.isGrid ? ", interpolated on a grid" : this.isCoarse ? ", with rounded weights" : "");
  }

  /** Return whether z lies in a gap, or null if that is unknown. */
  isInGap(z) {
    return isInGap(this.map.film, this.map.plane.project(z));
  }

  clearPreview() {
    this.preview = null;
    this.hoveredRow = -1;
    this.tooltip.hidden = true;
  }

  /** Update what depends on the visible z, the film position and the class, and decode it if the browser can. Return whether one has changed. */
  decode(filmPosition) {
    const { visibleZ: z, label } = this;
    this.map.seek(filmPosition);
    if (z === this.decodedZ && filmPosition === this.decodedFilmPosition && label === this.decodedLabel) return false;
    Object.assign(this, { decodedZ: z, decodedFilmPosition: filmPosition, decodedLabel: label });
    if (this.network) this.decodedImage.show(this.network.forward(z, filmPosition));
    this.readouts.show(filmPosition);
    this.decodedImage.setDescription(this.description);
    this.decodedImage.showGap(this.isInGap(z));
    if (this.metadata.latent_dim > 2)
      this.offPlaneText.textContent = `z is ${formatNumber(this.map.plane.distanceTo(z), 2)}${this.unit} off the map's plane. The pointer moves z parallel to this plane.`;
    return true;
  }

  paint(options) {
    const { map } = this;
    if (!map.width) return;
    if (map.pixelRatio !== window.devicePixelRatio) map.resize(map.width, map.height); // the window has moved to another screen
    map.paint({ cursor: this.visibleZ, ghost: this.preview && this.z, ...options });
  }

  /** Fit the map to its container. Return whether it can be painted. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.mapContainer;
    if (width && height) this.map.resize(width, height);
    return Boolean(width && height && this.z);
  }

  /** Show a tooltip with the image of the hovered point; position: px on the map. */
  showTooltip(position, originals) {
    const { tooltip, tooltipImage, hoveredRow, map } = this;
    tooltip.hidden = hoveredRow < 0;
    if (tooltip.hidden) return;
    this.tooltipText.textContent = originals.describeRow(hoveredRow);
    tooltipImage.hidden = !originals.paint(tooltipImage, hoveredRow);
    const offset = (v, size) => (v > size / 2 ? "calc(-100% - 14px)" : "14px"); // the tooltip opens towards the middle of the map
    Object.assign(tooltip.style, { left: `${position[0]}px`, top: `${position[1]}px`, translate: `${offset(position[0], map.width)} ${offset(position[1], map.height)}` });
  }

  /** Update the image's accessible name. Return a description of what is shown. */
  announce() {
    return this.decodedImage.announce(this.description);
  }
}
