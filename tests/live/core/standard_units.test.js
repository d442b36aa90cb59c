import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { cellAt, fromStandard } = await core("standard_units"), { mean, root, w, z, z_of_two: zOfTwo, grid, reach, points, cells } = cases("standard_units");

test("standard deviations become codes as in numpy, also where the last are missing", () => {
  assertClose(fromStandard(mean, root.flat(), w), z, 1e-9);
  assertClose(fromStandard(mean, root.flat(), w.slice(0, 2)), zOfTwo, 1e-9);
});

test("a point has the value of its cell, and 0 outside the grid", () => {
  const squares = { shape: [grid.length, grid[0].length], data: grid.flat() };
  assertClose(points.map(([x, y]) => cellAt(squares, reach, x, y)), cells, 0);
  for (const point of [[3.3, 0], [-3.3, 0], [0, 3.3], [0, -3.3]]) assert.equal(cellAt({ shape: [1, 1], data: [1] }, reach, ...point), 0);
});
