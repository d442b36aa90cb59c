import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { cropGrid, dimmedPosterior, overlapShare, relativeDensity } = await core("posteriors"), { meanOfNearest } = await core("nearest_images");
const { overlaps, densities, grid, window, cropped, croppedBounds } = cases("posteriors");

test("the overlap is the integral of the smaller density, and points do not overlap", () => {
  for (const { mu: [a, b], sigma: [c, d], expected } of overlaps) assertClose(overlapShare({ mu: a, sigma: c }, { mu: b, sigma: d }), expected, 2e-3, `${b}`);
  assert.equal(overlapShare({ mu: [0, 0], sigma: [0, 0] }, { mu: [0, 0], sigma: [0, 0] }), 0);
});

test("a density is a share of its peak; of a point, 1 there and 0 elsewhere", () => {
  for (const { z, mu, sigma, expected } of densities) assertClose(relativeDensity(z, { mu, sigma }), expected, 1e-9);
  assert.deepEqual([[1, 2], [1, 2.1]].map((z) => relativeDensity(z, { mu: [1, 2], sigma: [0, 0] })), [1, 0]);
});

test("a dimmed posterior has the moments of the grid, and a window shows its cells", () => {
  const { linear, constant, shape, bounds, light } = grid, { mu, sigma, density } = dimmedPosterior(linear, constant, shape, bounds, light);
  assertClose([...mu, ...sigma], [...grid.mu, ...grid.sigma], 1e-9);
  assertClose(density, grid.density, 1e-9);
  const part = cropGrid(Float64Array.from(constant), shape, bounds, window);
  assertClose(part.values, cropped, 0);
  assertClose([...part.bounds, ...part.shape], [...croppedBounds, 10, 16], 1e-9);
  assert.equal(cropGrid(Float64Array.from(constant), shape, bounds, [5, 5, 6, 6]), null);
});

test("the mean label of the nearest images is scikit-learn's", () => {
  const { images, labels, queries, expected } = cases("nearest_images");
  assertClose(queries.map((query) => meanOfNearest(query, Uint8Array.from(images), labels, 5)), expected, 1e-9);
});
