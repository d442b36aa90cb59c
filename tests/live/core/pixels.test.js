import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { paintDots, toAbgr, unpremultiply } = await core("dots"), { arrangeImages } = await core("image_grid"), { encodePixels } = await core("strokes");
const { dots, premultiplied, grids, drawing } = cases("pixels");

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
