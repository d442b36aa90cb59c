import assert from "node:assert/strict";
import test from "node:test";
import { core } from "./cases.js";

const { PointGrid } = await core("point_grid"), { PlotArea } = await core("plot_area");
const { random, normal } = randomNumbers(7);

/** A generator of the minimal standard (Park and Miller). */
function randomNumbers(seed) {
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  return { random, normal: () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()) };
}

const SETS = { // points [2n]
  "a normal cloud": (n) => Float32Array.from({ length: 2 * n }, normal),
  "whole numbers, of which many are equal": (n) => Float32Array.from({ length: 2 * n }, () => Math.round(2 * normal())),
  "one point": (n) => new Float32Array(2 * n).fill(0.3),
  "a line": (n) => Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 ? 1 : normal())),
  "clusters and outliers": (n) => Float32Array.from({ length: 2 * n }, (_, i) => (i % 50 < 2 ? 1e4 * normal() : Math.round(3 * random()) + 1e-3 * normal())),
};

/** Return [row, distance] by comparing all points; of equal distances the first. */
function findAmongAll(points, place, scale, maxDistance, isAccepted) {
  let nearest = -1, least = maxDistance * maxDistance;
  for (let row = 0; row < points.length / 2; row++) {
    const squared = ((points[2 * row] - place[0]) * scale[0]) ** 2 + ((points[2 * row + 1] - place[1]) * scale[1]) ** 2;
    if (squared < least && isAccepted(row)) [nearest, least] = [row, squared];
  }
  return [nearest, nearest < 0 ? Infinity : Math.sqrt(least)];
}

for (const [name, create] of Object.entries(SETS))
  test(`the nearest point is that of a comparison with all: ${name}`, () => {
    for (let trial = 0; trial < 60; trial++) {
      const n = 1 + Math.floor(random() * 10 ** (1 + (trial % 4))), points = create(n), grid = new PointGrid(points), modulus = 1 + Math.floor(3 * random());
      assert.deepEqual([...grid.rows].sort((a, b) => a - b), [...points.slice(0, n).keys()]);
      for (let query = 0; query < 40; query++) {
        const row = Math.floor(random() * n), isAtPoint = random() < 0.3, place = [0, 1].map((axis) => points[2 * row + axis] + (isAtPoint ? 0 : 0.3 * normal()));
        const scale = [10 ** (4 * random() - 1), 10 ** (4 * random() - 1)], isAccepted = (r) => r % modulus === 0, args = [place, scale, 10 ** (2 * random()), isAccepted];
        assert.deepEqual(grid.findNearest(...args), findAmongAll(points, ...args));
      }
    }
  });

test("points that are not numbers are never the nearest, and all others are found", () => {
  const points = Float32Array.of(NaN, NaN, 1, 2, Infinity, 0, 3, 4), grid = new PointGrid(points);
  assert.deepEqual(grid.findNearest([3, 4.1], [1, 1], 1, () => true)[0], 3);
  assert.deepEqual(grid.findNearest([100, 100], [1, 1], 1, () => true), [-1, Infinity]);
});

test("the parts of a rectangle contain all of its points", () => {
  const points = SETS["clusters and outliers"](5000), grid = new PointGrid(points), area = new PlotArea([-1, -1, 4, 4], true, 700, 500);
  const [low, high] = [area.toData([46, 400]), area.toData([300, 10])], within = new Set(grid.partsWithin(low, high).flatMap(([first, end]) => [...grid.rows.subarray(first, end)]));
  for (let row = 0; row < 5000; row++) {
    const isInside = points[2 * row] >= low[0] && points[2 * row] <= high[0] && points[2 * row + 1] >= low[1] && points[2 * row + 1] <= high[1];
    assert(!isInside || within.has(row));
  }
});

test("rows of a cell are shuffled, so that classes which follow each other are not painted over each other", () => {
  const grid = new PointGrid(new Float32Array(2000)), half = grid.rows.subarray(0, 500);
  const early = half.filter((row) => row < 500).length;
  assert(early > 150 && early < 350);
});
