// The codes of the test images of a model that learns, as a map shows them: what explorer/views/map_block.py computes of a finished run,
// computed again for every state. In more than two dimensions, the map is the plane of the first two principal components, rotated in
// itself so that it follows the previous one.

import { Plane } from "../plane.js";
import { seedUniform } from "../random.js";
import { MIN_ACTIVE_VARIANCE } from "./measures.js";
import { alignAxes, covarianceOf, findPrincipalPlane, invertSymmetric, rootOfSymmetric } from "./principal_plane.js";

const MIN_VISIBLE_SIGMA = 3.2; // standard deviations of the prior that a map shows at least
const OUTLIER_SHARE = 0.005; // of the codes at each end of an axis, which the map need not show
const MAP_MARGIN = 0.04; // beyond the outermost points, of the map's width
const EASING = 0.25; // share of the way to its new bounds that a map goes in a frame
const KEY_STEP_SIGMA = 0.1; // of an arrow key

/** @typedef {{ mu: Float32Array, logvar: Float32Array | null }} Codes: [n, D]; an AE has no logvar */

export class CodesOnMap {
  /** labels [n]; classes: [{ name, colour }]; shape [C, H, W] of the images.
   * @param {{ labels: Uint16Array, classes: any[], latentDim: number, shape: number[], name: string }} set */
  constructor({ labels, classes, latentDim, shape, name }) {
    const n = labels.length, uniform = seedUniform(0), isLine = latentDim === 1;
    this.n = n;
    this.latentDim = latentDim;
    this.labels = labels;
    /** @type {number[] | null} */
    this.target = null; // the bounds that the map moves to
    this.heights = isLine ? Float32Array.from({ length: n }, () => 2 * uniform() - 1) : null;
    this.points = new Float32Array(2 * n);
    /** @type {number[][]} */
    this.axes = [0, 1].map((axis) => Array.from({ length: latentDim }, (_, d) => Number(axis === d)));
    /** @type {number[]} */
    this.centre = new Array(latentDim).fill(0);
    /** @type {number[][]} */
    this.covariance = this.centre.map((_, i) => this.centre.map((_, j) => Number(i === j)));
    const float = (/** @type {number[]} */ ...shape) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
    /** @type {Record<string, any>} */
    this.tensors = {
      positions: { shape: [1, n, 2], data: new Uint16Array(2 * n) }, low: float(2), high: float(2), labels: { shape: [n], data: labels },
      bounds: float(1, 4), label_positions: float(1, classes.length, 2), posterior_factors: float(1, n, 3),
      centre: float(latentDim), axes: float(2, latentDim), origin: float(latentDim), unit_matrix: float(2, 2), inverse_unit_matrix: float(2, 2),
    };
    this.tensors.high.data.fill(1);
    const titles = isLine ? ["z₀", "random height, without meaning"] : ["z₀", "z₁"];
    this.metadata = { description: "", name, axis_titles: titles, to_scale: !isLine, has_rings: false, has_prior: true, latent_dim: latentDim, image_shape: shape, classes, decoded_classes: [], film: null, step: KEY_STEP_SIGMA };
    this.block = { id: "", size: 0, metadata: this.metadata, tensors: () => this.tensors };
  }

  /** Show other codes from now on.
   * @param {Codes} codes */
  update({ mu, logvar }) {
    const { n, latentDim, tensors, metadata } = this, hasPrior = Boolean(logvar);
    const { mean, covariance } = covarianceOf(mu, n, latentDim);
    if (latentDim > 2) {
      const { axes, share } = findPrincipalPlane(covariance);
      this.axes = alignAxes(axes, this.axes);
      this.centre = mean;
      metadata.axis_titles = [`plane of two principal components, ${Math.round(100 * share)}% of the variance`, "plane, second axis"];
    }
    this.covariance = covariance;
    Object.assign(metadata, { has_prior: hasPrior, has_rings: hasPrior && latentDim > 1 });
    const origin = hasPrior ? mean.map(() => 0) : mean, root = hasPrior ? this.mapCovariance(mean.map((_, i) => mean.map((_, j) => Number(i === j)))) : rootOfSymmetric(this.mapCovariance(covariance));
    tensors.centre.data.set(this.centre);
    tensors.axes.data.set(this.axes.flat());
    tensors.origin.data.set(origin);
    tensors.unit_matrix.data.set(root.flat());
    tensors.inverse_unit_matrix.data.set(invertSymmetric(root).flat());
    metadata.step = KEY_STEP_SIGMA * (Math.sqrt(root[0][0] ** 2 + root[1][1] ** 2) || 1);
    this.plane = new Plane(/** @type {any} */ (tensors));
    this.placePoints(mu);
    this.target = this.findBounds(origin, root);
    this.placeLabels();
    if (logvar) this.placePosteriors(logvar);
  }

  /** The number of active latent dimensions: those whose posterior means vary. */
  get activeUnits() { return this.covariance.filter((row, d) => row[d] > MIN_ACTIVE_VARIANCE).length; }

  /** Return the covariance on the map of one in latent space.
   * @param {number[][]} covariance */
  mapCovariance(covariance) {
    return this.axes.map((a) => this.axes.map((b) => a.reduce((sum, v, i) => sum + b.reduce((part, w, j) => part + v * covariance[i][j] * w, 0), 0)));
  }

  /** @param {Float32Array} mu */
  placePoints(mu) {
    const { n, latentDim, points, heights, axes: [x, y], centre } = this;
    for (let i = 0; i < n; i++) {
      let across = 0, up = 0;
      for (let d = 0; d < latentDim; d++) {
        const value = mu[i * latentDim + d] - centre[d];
        across += x[d] * value;
        up += y[d] * value;
      }
      points[2 * i] = across;
      points[2 * i + 1] = heights ? heights[i] : up;
    }
  }

  /** Return x0, y0, x1, y1 of what the map must show.
   * @param {number[]} origin @param {number[][]} root */
  findBounds(origin, root) {
    const { points, n, metadata, plane } = this, reach = metadata.has_prior && this.latentDim > 1 ? MIN_VISIBLE_SIGMA : 0;
    const [low, high] = [[0, 0], [0, 0]], middle = /** @type {Plane} */ (plane).project(origin);
    for (const axis of [0, 1]) {
      const values = Float32Array.from({ length: n }, (_, i) => points[2 * i + axis]).sort(), skipped = Math.floor(OUTLIER_SHARE * n);
      const extent = reach * Math.hypot(...root[axis]);
      low[axis] = Math.min(values[skipped], extent ? middle[axis] - extent : Infinity);
      high[axis] = Math.max(values[n - 1 - skipped], extent ? middle[axis] + extent : -Infinity);
    }
    const room = low.map((value, i) => MAP_MARGIN * (high[i] - value || 1));
    return [...low.map((value, i) => value - room[i]), ...high.map((value, i) => value + room[i])];
  }

  placeLabels() {
    const { points, labels, n, tensors: { label_positions: { data } } } = this, count = data.length / 2;
    for (let label = 0; label < count; label++)
      for (const axis of [0, 1]) {
        const values = [];
        for (let i = 0; i < n; i++) if (labels[i] === label) values.push(points[2 * i + axis]);
        values.sort((a, b) => a - b);
        data[2 * label + axis] = values.length ? values[values.length >> 1] : NaN;
      }
  }

  /** Write the Cholesky factors [a, b, c] of the posteriors on the map.
   * @param {Float32Array} logvar */
  placePosteriors(logvar) {
    const { n, latentDim, axes: [x, y], tensors: { posterior_factors: { data } } } = this;
    for (let i = 0; i < n; i++) {
      let across = 0, both = 0, up = 0;
      for (let d = 0; d < latentDim; d++) {
        const variance = Math.exp(logvar[i * latentDim + d]);
        across += variance * x[d] * x[d];
        both += variance * x[d] * y[d];
        up += variance * y[d] * y[d];
      }
      const a = Math.sqrt(across), b = a ? both / a : 0;
      data[3 * i] = a;
      data[3 * i + 1] = b;
      data[3 * i + 2] = Math.sqrt(Math.max(up - b * b, 0));
    }
  }

  /** Move the bounds of the map towards those of the codes, or set them; return whether they have moved.
   * @param {boolean} isAtOnce */
  moveBounds(isAtOnce) {
    const { target, tensors: { bounds: { data } } } = this;
    if (!target) return false;
    const isEmpty = data[0] === data[2], size = Math.max(target[2] - target[0], target[3] - target[1]);
    if (target.every((value, i) => Math.abs(value - data[i]) < 1e-3 * size)) return false;
    target.forEach((value, i) => (data[i] += (isAtOnce || isEmpty ? 1 : EASING) * (value - data[i])));
    return true;
  }

  /** Return the standard normal noise [D] as a sample: of the prior, or of the Gaussian fitted to an AE's codes.
   * @param {number[]} noise */
  codeFromNoise(noise) {
    if (this.metadata.has_prior) return noise;
    const { origin } = this.tensors;
    return choleskyOf(this.covariance).map((row, i) => origin.data[i] + row.reduce((sum, value, j) => sum + value * noise[j], 0));
  }
}

/** Return the lower triangle L with L Lᵀ = a covariance; a direction without variance has zeros.
 * @param {number[][]} covariance */
function choleskyOf(covariance) {
  /** @type {number[][]} */
  const L = covariance.map((row) => row.map(() => 0));
  for (let i = 0; i < L.length; i++)
    for (let j = 0; j <= i; j++) {
      const rest = covariance[i][j] - L[i].slice(0, j).reduce((sum, value, k) => sum + value * L[j][k], 0);
      L[i][j] = i === j ? Math.sqrt(Math.max(rest, 0)) : L[j][j] ? rest / L[j][j] : 0;
    }
  return L;
}
