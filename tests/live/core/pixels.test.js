import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { paintDots, toAbgr, unpremultiply } = await core("dots"), { arrangeImages } = await core("image_grid"), { encodePixels } = await core("strokes");
const { isVector, pictureOf, pictureShape, tickStep } = await core("vector_picture");
const { dots, premultiplied, grids, drawing, vectors } = cases("pixels");

test("dots are blended over what is there", () => {
  const { width, height, positions, radius, expected, tolerance } = dots, pixels = new Int32Array(width * height).fill(-1);
  paintDots(pixels, width, height, Float32Array.from(positions), Int32Array.of(toAbgr("#ff0000"), 0, toAbgr("#00ff00")), radius);
  assertClose(new Uint8Array(pixels.buffer), expected, tolerance);
});

test("premultiplied pixels become those of ImageData", () => {
  const pixels = new Int32Array(Uint8Array.from(premultiplied.pixels).buffer);
  unpremultiply(pixels);
  assertClose(new Uint8Array(pixels.buffer), premultiplied.expected, 1);
});

for (const { n, columns, gap, shape, images, expected, expectedShape } of grids)
  test(`images stand in rows: ${n} in ${columns} columns`, () => {
    const size = images.length / n, grid = arrangeImages(n, columns, shape, (i) => images.subarray(i * size, (i + 1) * size), gap);
    assert.deepEqual(grid.shape, expectedShape);
    assertClose(grid.pixels, expected, 0);
  });

test("a drawing has the pixels that its strokes cover", () => assertClose(new Uint8Array(Buffer.from(encodePixels(drawing.strokes, drawing.side), "base64")), drawing.expected, 1));

for (const { values, expected, shape, step } of vectors)
  test(`a vector of ${values.length} numbers has the picture that Python draws`, () => {
    const ofVector = [1, 1, values.length], before = values.slice();
    assert.deepEqual([isVector(ofVector), pictureShape(ofVector), tickStep(values.length)], [true, shape, step]);
    assertClose(pictureOf(values, ofVector), expected, 0);
    assertClose(arrangeImages(1, 1, ofVector, () => values).pixels, expected, 0);
    assert.deepEqual(values, before);
  });

test("images are shown as they are", () => {
  const pixels = new Float32Array(64);
  assert.equal(pictureOf(pixels, [1, 8, 8]), pixels);
  assert.deepEqual([pictureShape([3, 1, 2]), isVector([1, 1, 1])], [[3, 1, 2], false]);
});
