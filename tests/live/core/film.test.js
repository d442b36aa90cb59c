import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, assertFault, cases, core } from "./cases.js";

const { parseBlock } = await core("block"), { UserFacingError } = await core("errors"), { Film } = await core("film"), { isInGap } = await core("gaps"), { findInterval, interpolateMeasured, interpolateRow } = await core("interval");
const { block, wrong, positions, intervals, table } = cases("film");

test("a position lies between two values, as numpy.interp finds", () => {
  for (const { values, position, expected, row } of intervals) {
    const [i, fraction] = findInterval(values, position);
    assertClose(interpolateRow(table, 3, [i, fraction]), row, 1e-12, `a row at ${position}`);
    assertClose(i + fraction, expected, 1e-12, `${position} in ${values}`);
  }
});

test("a measured value is interpolated only between two that were measured", () => {
  const values = [1, 3, null, 7];
  assert.deepEqual([[0, 0], [0, 0.25], [1, 0], [1, 0.5], [2, 0.5], [3, 0]].map((interval) => interpolateMeasured(values, interval)), [1, 1.5, 3, null, null, 7]);
});

for (const { position, points, labels, isMoved, gaps } of positions)
  test(`a film moves between its frames: ${position}`, () => {
    const film = new Film(parseBlock(block));
    assert.deepEqual([film.seek(position), film.seek(position)], [isMoved, false]);
    assertClose(film.points, points, 13 / 65535, "points");
    assertClose(film.interpolate("label_positions", 2, 2), labels, 1e-5, "labels");
    assert.equal(film.interpolate("posterior_factors"), null);
    for (const { point, isGap } of gaps) assert.equal(isInGap(film, point), isGap, `gap at ${point}`);
  });

test("frames and values of another number get a sentence", () => assertFault(() => new Film(parseBlock(wrong)), UserFacingError, "needs as many values"));
