// The map's plane in latent space: the codes' own for one or two dimensions, else that of two principal components.

export class Plane {
  constructor(tensors) {
    this.centre = tensors.centre.data; // [D]
    const D = this.centre.length, axes = tensors.axes.data; // [2, D], orthonormal
    this.axes = [axes.subarray(0, D), axes.subarray(D)];
    this.home = this.place(tensors.origin.data);
    [this.unit, this.perUnit] = [tensors.unit.data, tensors.per_unit.data]; // [2, 2], of the prior, or the codes' own Gaussian, here
  }

  /** Where z lands on the map. */
  place(z) {
    return this.axes.map((axis) => axis.reduce((sum, a, i) => sum + a * (z[i] - this.centre[i]), 0));
  }

  /** The Cholesky factor [a, b, c] of [[a, 0], [b, c]] of the covariance here of a Gaussian with independent sd [D]. */
  spread(sd) {
    const [across, up] = this.axes, sum = (f) => across.reduce((total, _, i) => total + f(across[i], up[i]) * sd[i] ** 2, 0);
    const a = Math.sqrt(sum((x) => x * x)), b = sum((x, y) => x * y) / (a || 1);
    return [a, b, Math.sqrt(Math.max(sum((_, y) => y * y) - b * b, 0))];
  }

  /** z moved within the parallel plane through it, to where it lands at that point: the inverse PCA of the point, and z's own rest. */
  moved(z, point) {
    const [x, y] = this.place(z), [across, up] = this.axes;
    return Array.from(z, (v, i) => v + (point[0] - x) * across[i] + (point[1] - y) * up[i]);
  }

  /** The point of the plane itself, which goes through the codes' mean, nearest to z. */
  onto(z) {
    const [x, y] = this.place(z), [across, up] = this.axes;
    return Array.from(z, (_, i) => this.centre[i] + x * across[i] + y * up[i]);
  }

  /** Distance of z from the plane. */
  off(z) {
    return Math.hypot(...this.onto(z).map((v, i) => z[i] - v));
  }

  /** Where z lands, in standard deviations of the prior, or without one of the Gaussian fitted to the codes. */
  standard(z) {
    const [x, y] = this.place(z), { home, perUnit } = this;
    return turned(perUnit, [x - home[0], y - home[1]]);
  }

  /** The point so many standard deviations away from the middle. */
  point(w) {
    return turned(this.unit, w).map((v, i) => this.home[i] + v);
  }
}

const turned = ([a, b, c, d], [x, y]) => [a * x + b * y, c * x + d * y];
