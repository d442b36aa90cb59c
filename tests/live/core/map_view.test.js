import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { chooseThumbnails, thumbnailAt } = await core("thumbnails"), { PlotArea } = await core("plot_area");
const { findEmptiestCorner, markAtBorder, measurePinch, moveView, revealPoint, wheelFactor } = await core("map_view");
const { bounds, canvas, moves, pinches, thumbnails, wheels } = cases("map");
const areaOf = (view, toScale = true) => new PlotArea(bounds, toScale, ...canvas, view);

for (const { zoom, centre, toScale, start, end, factor, point, expected, staysAtEnd } of moves)
  test(`a view at zoom ${zoom} is moved from ${start} to ${end}, times ${factor}, ${toScale ? "to scale" : "across"}`, () => {
    const view = moveView(areaOf({ zoom, centre }, toScale), start, end, factor), area = areaOf(view, toScale);
    assertClose([view.zoom, ...view.centre], [expected.zoom, ...expected.centre], 1e-6);
    assertClose(area.toData(area.toPixels([1.5, 2.25])), [1.5, 2.25], 1e-9);
    if (staysAtEnd) assertClose(area.toPixels(point), end, 1e-6);
  });

test("at zoom 1 the whole map is seen, wherever the centre was", () => {
  assertClose(areaOf({ zoom: 1, centre: [99, -99] }).centre, areaOf().centre, 1e-9);
  assert.deepEqual(areaOf({ zoom: 1, centre: [0, 0] }).scale, areaOf().scale);
});

test("two fingers move and zoom what is between them", () => {
  for (const { before, after, start, end, factor } of pinches) {
    const pinch = measurePinch(before, after);
    assertClose([...pinch.start, ...pinch.end, pinch.factor], [...start, ...end, factor], 1e-9);
  }
  assert.ok(Number.isFinite(measurePinch([[5, 5], [5, 5]], [[0, 0], [10, 0]]).factor));
});

test("a wheel zooms by the distance it turns, within a limit", () => {
  for (const { factor, ...event } of wheels) assertClose([wheelFactor(event)], [factor], 1e-12);
});

test("a point out of view is marked at the border, and the view moves no farther than it must", () => {
  const area = areaOf({ zoom: 8, centre: [2, 2] });
  for (const point of [[5, 2.1], [-1.5, 1.2], [2.2, 2.9]]) {
    const position = area.toPixels(point), mark = markAtBorder(area, position), found = areaOf(revealPoint(area, point));
    assert.ok(area.contains(mark.position) && !area.contains(position));
    const distance = Math.hypot(position[0] - mark.position[0], position[1] - mark.position[1]);
    assertClose([mark.position[0] + distance * Math.cos(mark.angle), mark.position[1] + distance * Math.sin(mark.angle)], position, 1e-6);
    assert.ok(found.contains(found.toPixels(point)) && found.zoom === 8);
    assert.equal(Math.abs(found.centre[0] - 2) < 1e-9, area.contains([position[0], area.middle[1]]) && Math.abs(position[0] - area.middle[0]) < 0.4 * area.box.width);
  }
  assert.equal(markAtBorder(area, area.middle), null);
  assertClose(revealPoint(area, [2, 2]).centre, [2, 2], 1e-12);
});

test("the emptiest corner has the fewest points, and of equals the top right", () => {
  const area = areaOf(), at = (px, py) => area.toData([px, py]), [right, bottom] = [area.box.x + area.box.width, area.box.y + area.box.height];
  assert.deepEqual(findEmptiestCorner(area, at(300, 200), 120, 30), [1, 0]);
  assert.deepEqual(findEmptiestCorner(area, at(right - 50, area.box.y + 20), 120, 30), [1, 1]);
  assert.deepEqual(findEmptiestCorner(area, [...at(right - 50, area.box.y + 20), ...at(right - 5, bottom - 5)], 120, 30), [0, 0]);
});

for (const [i, { positions, hidden, count, size, box, previous, expected }] of thumbnails.entries()) {
  const isShown = (row) => !hidden.includes(row), choose = (shift, last) => chooseThumbnails(positions.map((v, j) => v + shift[j % 2]), count, isShown, size, box, last);
  test(`thumbnails do not overlap, and those already shown come first: ${i}`, () => {
    assert.deepEqual(choose([0, 0], previous), expected);
    assert.deepEqual(thumbnailAt(positions, expected, size, positions.slice(2 * expected[3], 2 * expected[3] + 2)), expected[3]);
    assert.equal(thumbnailAt(positions, expected, size, [-500, 0]), -1);
  });

  test(`an image stays while it is visible, however the map is panned: ${i}`, () => {
    let rows = choose([0, 0]);
    for (let step = 1; step <= 30; step++) {
      const shift = [-9 * step, 5 * step], next = choose(shift, rows);
      for (const row of rows) {
        const [x, y] = [positions[2 * row] + shift[0], positions[2 * row + 1] + shift[1]];
        if (x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height) assert.ok(next.includes(row));
      }
      rows = next;
    }
  });
}
