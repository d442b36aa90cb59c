import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { slantDegrees } = await core("slant"), { width, images, degrees } = cases("slant");

test("the slant is that of the weighted regression of numpy", () => {
  assertClose(images.map((image) => slantDegrees(image, width)), degrees, 1e-6);
});

test("a diagonal upwards to the right leans by 45 degrees, a vertical line by none", () => {
  assertClose([slantDegrees([0, 0, 1, 0, 1, 0, 1, 0, 0], 3), slantDegrees([0, 1, 0, 0, 1, 0, 0, 1, 0], 3)], [45, 0], 1e-9);
  assert.ok(slantDegrees([1, 0, 0, 0, 1, 0, 0, 0, 1], 3) < 0);
});
