// The plane of the map in latent space: the latent space itself in one or two dimensions, otherwise the plane of the first
// two principal components of the codes.

/** @typedef {ArrayLike<number>} Numbers */

export class Plane {
  /** @param {import("./block.js").Tensors} tensors */
  constructor(tensors) {
    this.centre = tensors.centre.data; // [D]
    const dimensions = this.centre.length, axes = tensors.axes.data; // [2, D], orthonormal
    this.axes = [Array.from(axes.subarray(0, dimensions)), Array.from(axes.subarray(dimensions))];
    this.originPoint = this.project(tensors.origin.data);
    this.unitMatrix = tensors.unit_matrix.data; // [2, 2]: one standard deviation of the prior, or of the Gaussian fitted to the codes, in map coordinates
    this.inverseUnitMatrix = tensors.inverse_unit_matrix.data;
  }

  /** Return the map coordinates [x, y] of z [D].
   * @param {Numbers} z */
  project(z) {
    return this.axes.map((axis) => axis.reduce((sum, a, i) => sum + a * (z[i] - this.centre[i]), 0));
  }

  /** Return the Cholesky factor [[a, 0], [b, c]], as [a, b, c], of the covariance on the map of a Gaussian with independent standard
   * deviations sd [D].
   * @param {number[]} sd */
  covarianceFactor(sd) {
    const [axisX, axisY] = this.axes;
    return choleskyFactor(sd.map((s, i) => s * axisX[i]), sd.map((s, i) => s * axisY[i]));
  }

  /** Return it of a Gaussian that has these directions [R][D] of a standard deviation.
   * @param {number[][]} directions */
  directionsFactor(directions) {
    const [x, y] = this.axes.map((axis) => directions.map((direction) => axis.reduce((sum, a, i) => sum + a * direction[i], 0)));
    return choleskyFactor(x, y);
  }

  /** Return z moved parallel to the plane until its map coordinates are the point's: the inverse PCA of the point, plus the component
   * of z that is orthogonal to the plane.
   * @param {Numbers} z @param {Numbers} point */
  moveTo(z, point) {
    const [x, y] = this.project(z), [axisX, axisY] = this.axes;
    return Array.from(z, (v, i) => v + (point[0] - x) * axisX[i] + (point[1] - y) * axisY[i]);
  }

  /** Return the orthogonal projection of z onto the plane, which goes through the mean of the codes.
   * @param {Numbers} z */
  projectOntoPlane(z) {
    const [x, y] = this.project(z), [axisX, axisY] = this.axes;
    return Array.from(z, (_, i) => this.centre[i] + x * axisX[i] + y * axisY[i]);
  }

  /** Return the distance of z from the plane.
   * @param {Numbers} z */
  distanceTo(z) {
    return Math.hypot(...this.projectOntoPlane(z).map((v, i) => z[i] - v));
  }

  /** Return the map coordinates of z in standard deviations of the prior or, if there is none, of the Gaussian fitted to the codes.
   * @param {Numbers} z */
  toStandardUnits(z) {
    return this.pointToStandardUnits(this.project(z));
  }

  /** Return a point of the map in standard deviations from the mean.
   * @param {number[]} point */
  pointToStandardUnits([x, y]) {
    const { originPoint, inverseUnitMatrix } = this;
    return multiply(inverseUnitMatrix, [x - originPoint[0], y - originPoint[1]]);
  }

  /** Return the point of the map that lies so many standard deviations [x, y] from the mean.
   * @param {number[]} standardPoint */
  fromStandardUnits(standardPoint) {
    return multiply(this.unitMatrix, standardPoint).map((v, i) => this.originPoint[i] + v);
  }
}

/** Return the Cholesky factor [a, b, c] of the covariance of (Σ x·ε, Σ y·ε) with ε ~ N(0, I).
 * @param {number[]} x @param {number[]} y */
function choleskyFactor(x, y) {
  const dot = (/** @type {number[]} */ u, /** @type {number[]} */ v) => u.reduce((sum, value, i) => sum + value * v[i], 0);
  const a = Math.sqrt(dot(x, x)), b = dot(x, y) / (a || 1);
  return [a, b, Math.sqrt(Math.max(dot(y, y) - b * b, 0))];
}

/** Return the product of a matrix [2, 2] and a vector [2].
 * @param {Numbers} matrix @param {number[]} vector */
const multiply = ({ 0: a, 1: b, 2: c, 3: d }, [x, y]) => [a * x + b * y, c * x + d * y];
