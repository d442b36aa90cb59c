import test from "node:test";
import { assertClose, assertFault, cases, core } from "./cases.js";

const { DecodedGrid } = await core("decoded_grid"), { parseBlock } = await core("block"), { UserFacingError } = await core("errors");
const { block, zs, positions, labels, expected } = cases("decoded_grid");

test("between the images of the grid, and beyond it, it is what scipy interpolates", () => {
  const grid = new DecodedGrid(parseBlock(block));
  zs.forEach((z, i) => {
    grid.label = labels[i];
    assertClose(grid.forward(z, positions[i]), expected[i], 1e-6);
  });
});

test("a grid of another shape is refused", () => {
  const { metadata } = parseBlock(block), tensors = () => ({ differences: { shape: [1, 3, 5, 4, 6], data: new Uint8Array(360) } });
  assertFault(() => new DecodedGrid({ metadata, tensors }), UserFacingError, "can't have the shape");
});
