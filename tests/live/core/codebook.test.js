import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { crossEntropy, lookUp, nearestEntry, sampleByPosition } = await core("codebook"), { seedUniform } = await core("random");
const { book, points, nearest, codes, zs, images, pixels, nats, index } = cases("codebook");

test("the nearest entries are those of scipy's distances", () => {
  assertClose(points.map((point) => nearestEntry(book, point)), nearest, 0);
});

test("a code is looked up", () => {
  codes.forEach((code, i) => assertClose(lookUp(book, 2, code), zs[i], 1e-6));
});

test("the distortion is the binary cross-entropy of torch", () => {
  assertClose(images.map((image, i) => crossEntropy(image, pixels[i])), nats, 1e-3);
});

test("random codes have the entries of each position, as often, and independently", () => {
  const uniform = seedUniform(1), n = 20_000, counts = {};
  for (let i = 0; i < n; i++) {
    const code = sampleByPosition(index, 2, uniform).join();
    counts[code] = (counts[code] ?? 0) + 1;
  }
  assert.deepEqual(Object.keys(counts).sort(), ["0,2", "0,3", "1,2", "1,3"]);
  for (const count of Object.values(counts)) assert.ok(Math.abs(count / n - 0.25) < 0.015);
});
