import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { findNearestImages } = await core("nearest_images"), { fitBlend, posteriorMean } = await core("blend");
const { images, targets, rows, distances, blend_distances: blendDistances, mu, logvar, zs, means } = cases("blend");
const row = (i) => images.subarray(36 * i, 36 * (i + 1));

test("the nearest images are those of scipy's distances", () => {
  targets.forEach((target, i) => {
    const found = findNearestImages(images, target, 30);
    assertClose(found.distances, distances[i], 1e-6);
    assertClose(found.rows, rows[i], 0);
  });
});

test("a blend is as near as that of scipy's nnls, with weights that are not negative", () => {
  targets.forEach((target, i) => {
    const near = rows[i].map(row), { weights, image, distance } = fitBlend(near, target);
    assert.ok(weights.every((weight) => weight >= 0));
    assertClose(distance, [blendDistances[i]], 1e-5);
    assertClose(image, target.map((_, k) => near.reduce((sum, part, j) => sum + weights[j] * part[k], 0)), 1e-5);
  });
});

test("the mean of the images is weighted by the densities of torch", () => {
  zs.forEach((z, i) => assertClose(posteriorMean(images, mu.flat(), logvar.flat(), z), means[i], 1e-5));
});
