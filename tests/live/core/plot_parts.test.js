import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, assertFault, cases, core } from "./cases.js";

const { findLinearTicks, findLogTicks, formatSignificant, formatTicks } = await core("ticks"), { createScale, equalizeUnits, findExtent, findRoundDomain } = await core("scale");
const { areaPath, barsPath, joinIntervals, linePath, pointsPath, SHAPES } = await core("plot_paths"), { pixelEllipse } = await core("ellipse");
const { colourMatrix, listColours } = await core("colour_scale"), { findCell, findNearest, mergePositions } = await core("plot_readout");
const { findLabelStride, flowItems, spreadPositions, wrapWords } = await core("text_layout"), { checkDeclaration, checkDomain, checkValues } = await core("plot_values");
const { layoutPlot } = await core("plot_layout"), { UserFacingError } = await core("errors");
const { ticks, logTicks, steps, texts, numbers, scales, extents, lines, ellipses, colours, nearest } = cases("plot_parts");

const toNaN = (values) => values.map((value) => value ?? NaN);
const pointsOf = (path) => path.split("M").slice(1).map((piece) => piece.replace("Z", "").split("L").map((point) => point.split(" ").map(Number)));
const X = createScale("linear", [0, 10], [50, 350]), Y = createScale("linear", [-2, 2], [200, 40]);

test("linear ticks: 3 to 10, steps of 1, 2 or 5 times a power of ten, all of them in the domain", () => {
  for (const { low, high, length, spacing } of ticks) {
    const found = findLinearTicks(low, high, length, spacing), step = found[1] - found[0], where = `${low} to ${high} at ${length} px: ${found}`;
    assert.ok(found.length >= 3 && found.length <= 10, where);
    assert.ok(steps.some((round) => Math.abs(step / round - 1) < 1e-6), where);
    found.forEach((tick, i) => assert.ok(Math.abs(tick - found[0] - i * step) < 1e-9 * Math.max(Math.abs(tick), step) + 1e-6 * step, where));
    assert.ok(low <= found[0] + 1e-9 * step && found.at(-1) <= high + 1e-9 * step, where);
    assert.ok(found[0] - low < step * (1 + 1e-9) && high - found.at(-1) < step * (1 + 1e-9), `no tick is missing at the ends: ${where}`);
    assert.equal(new Set(formatTicks(found, "linear")).size, found.length, `every tick has a text of its own: ${formatTicks(found, "linear")}`);
  }
});

test("log ticks: at least 3, at most 10, in the domain", () => {
  for (const { low, high, length, spacing } of logTicks) {
    const found = findLogTicks(low, high, length, spacing), where = `${low} to ${high} at ${length} px: ${found}`;
    assert.ok(found.length >= 3 && found.length <= 10, where);
    assert.ok(low <= found[0] * (1 + 1e-9) && found.at(-1) <= high * (1 + 1e-9), where);
    assert.equal(new Set(formatTicks(found, "log")).size, found.length, `${formatTicks(found, "log")}`);
  }
  assert.deepEqual(findLogTicks(1, 1000, 600, 60), [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);
  assert.deepEqual(findLogTicks(1, 1000, 200, 60), [1, 10, 100, 1000]);
});

test("numbers are written as in print", () => {
  for (const { ticks: values, kind, expected } of texts) assert.deepEqual(formatTicks(values, kind), expected);
  for (const { value, expected } of numbers) assert.equal(formatSignificant(value), expected);
  assert.equal(formatSignificant(NaN), "–");
});

test("a scale maps data to pixels and back", () => {
  for (const { kind, domain, range, values, pixels } of scales) {
    const scale = createScale(kind, domain, range);
    assertClose(values.map(scale.toPixels), pixels, 1e-9);
    assertClose(pixels.map(scale.toData), values, 1e-9);
  }
  assert.ok([0, -1].every((value) => !Number.isFinite(createScale("log", [1, 10], [0, 1]).toPixels(value))));
});

test("a domain contains the data that its scale can show, with round ends", () => {
  const values = extents.numbers.map((value) => value ?? Infinity);
  assert.deepEqual([findExtent([values], "linear"), findExtent([values], "log")], [extents.linear, extents.log]);
  assert.equal(findExtent([[NaN], []], "linear"), null);
  for (const { low, high } of ticks) {
    const [first, last] = findRoundDomain([low, high], "linear");
    assert.ok(first <= low + 1e-12 && high <= last * (1 + 1e-9) + 1e-12 && last - first <= 1.81 * (high - low), `${low} ${high}: ${first} ${last}`);
  }
  assert.deepEqual([findRoundDomain([3, 3], "linear"), findRoundDomain([0, 0], "linear"), findRoundDomain(null, "linear"), findRoundDomain([0.02, 30], "log"), findRoundDomain([1, 1], "log")], [[1, 5], [-1, 1], [0, 1], [0.01, 100], [1, 10]]);
  const [x, y] = equalizeUnits([-1, 1], [-2, 2], 300, 200);
  assertClose([(x[1] - x[0]) / 300, x[0] + x[1], ...y], [(y[1] - y[0]) / 200, 0, -2, 2], 1e-12);
});

test("a line goes through its points, with gaps where one is not finite", () => {
  for (const { x, y, pieces } of lines) {
    const found = pointsOf(linePath(x, toNaN(y), X, Y));
    assert.equal(found.length, pieces.length);
    found.forEach((piece, i) => assertClose(piece, pieces[i].length > 1 ? pieces[i] : [pieces[i][0], pieces[i][0]], 0.0501, `piece ${i}`));
  }
  assert.ok(!linePath([1, 2], [1e300, -1e300], X, Y).includes("e"));
});

test("an area goes along its upper curve and back along the lower one", () => {
  assert.deepEqual(pointsOf(areaPath([0, 5, 10], [-2, -2, -2], [0, 2, 0], X, Y)), [[[50, 120], [200, 40], [350, 120], [350, 200], [200, 200], [50, 200]]]);
  assert.equal(pointsOf(areaPath([0, 1, 2, 3], [0, NaN, 0, 0], [1, 1, 1, 1], X, Y)).length, 2);
});

test("bars stand on their bases; points have the area of their shape", () => {
  assert.equal(barsPath([5, NaN], [0, 0], [2, 1], 2, X, Y), "M170 120V40H230V120Z");
  assert.equal(barsPath([0], [0], [10], 1, X, Y, true), "M50 140H350V100H50Z");
  assert.equal(barsPath([5], [0], [10], 2, X, createScale("log", [1, 10], [200, 40])), "M170 200V40H230V200Z");
  assert.equal(barsPath([0, 5], [0, 0], [1, 2], 2, X, Y, false, (i) => i === 1), "M170 120V40H230V120Z");
  assert.equal(pointsPath([5, 0], [0, 0], X, Y, "circle", [3, NaN]), pointsPath([5], [0], X, Y, "circle", 3));
  for (const shape of Object.keys(SHAPES)) assert.equal(pointsPath([1, NaN, 3, 4], [0, 0, 0, 0], X, Y, shape, 4, (i) => i !== 3).split("M").length, 3, shape);
});

test("an ellipse contains the points at one standard deviation", () => {
  for (const { mean, covariance, units: [unitX, unitY], pixels, halfAxes } of ellipses) {
    const { cx, cy, rx, ry, angle } = pixelEllipse(mean, covariance, createScale("linear", [0, 1], [300, 300 + unitX]), createScale("linear", [0, 1], [200, 200 - unitY]));
    assertClose([rx, ry], halfAxes, 1e-6);
    const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
    for (const [px, py] of pixels) assertClose(Math.hypot((cos * (px - cx) + sin * (py - cy)) / rx, (cos * (py - cy) - sin * (px - cx)) / ry), 1, 1e-4);
  }
});

test("a matrix has the colours of its ramp", () => {
  for (const { ramp, table, pixels } of Object.values(colours.ramps)) {
    const found = listColours(ramp);
    assertClose(found, table, 0.5001);
    assertClose(colourMatrix(toNaN(colours.values), colours.shape, colours.domain, found), pixels, 2);
  }
  assert.deepEqual([...colourMatrix([0, 1, NaN], [1, 3], [0, 1], listColours(["#10204000", "#102040ff"]))], [16, 32, 64, 0, 16, 32, 64, 255, 0, 0, 0, 0]);
});

test("the readout finds the nearest position, and the cell", () => {
  for (const { numbers: positions, value, expected } of nearest) assert.equal(findNearest(positions, value), expected);
  assert.equal(findNearest([NaN], 1), -1);
  assert.deepEqual(mergePositions([[3, 1, NaN], [1, 2]]), [1, 2, 3]);
  assert.deepEqual([-9, 0.1, 2.6, 9].map((value) => findCell(value, 0, 3, 6)), [0, 0, 5, 5]);
});

test("texts are wrapped, put in rows, moved apart and thinned", () => {
  const measure = (text) => text.length;
  assert.deepEqual(wrapWords("one two three four", 9, measure), ["one two", "three", "four"]);
  assert.deepEqual(flowItems([40, 40, 40], 100, 10), [{ left: 0, row: 0 }, { left: 50, row: 0 }, { left: 0, row: 1 }]);
  assert.deepEqual(spreadPositions([50, 10, 52], 10, 0, 60), [50, 10, 60]);
  assert.deepEqual(spreadPositions([98, 99, 97], 10, 0, 100), [90, 100, 80]);
  assert.equal(findLabelStride([0, 10, 20, 30], [12, 12, 12, 12], 2), 2);
  assert.equal(findLabelStride([0, 20], [12, 12], 2), 1);
});

test("a layout keeps everything inside, on a phone and on a projector", () => {
  for (const width of [320, 390, 720, 1600]) {
    const measure = (text, isTitle) => text.length * (isTitle ? 8 : 7);
    const layout = layoutPlot({ title: "A rather long title of a plot about nothing at all", width, height: 240, fontSize: 12, measure, legend: ["first", "second", "a third one"], labels: [], ramp: { domain: [0, 10], title: "nats" }, minLeft: 0, isToScale: true,
      x: { title: "epoch", kind: "linear", domain: [0, 40] }, y: { title: "nats per image", kind: "linear", domain: [80, 140] } });
    const { box, ticks: { x, y } } = layout;
    assert.ok(box.left > 0 && box.left + box.width < width && box.top + box.height < layout.height);
    assert.ok(x.every(({ text, textPosition }) => textPosition - measure(text) / 2 >= 0 && textPosition + measure(text) / 2 <= width));
    assert.ok(y.every(({ text }) => measure(text) < box.left) && layout.rampBox.left + layout.rampBox.width < width);
    assertClose((layout.x.toPixels(1) - layout.x.toPixels(0)), -(layout.y.toPixels(1) - layout.y.toPixels(0)), 1e-9);
  }
});

test("what does not match is said in a sentence", () => {
  const plot = { title: "T", description: "D", parts: [{ kind: "line", name: "a" }] };
  checkDeclaration(plot);
  for (const [change, words] of [
    [{ title: "" }, "needs a title"], [{ description: undefined }, "needs a description"], [{ parts: [] }, "list of parts"], [{ parts: [{ kind: "pie", name: "a" }] }, 'cannot be of the kind "pie"'],
    [{ parts: [...plot.parts, ...plot.parts] }, 'Two parts of the plot "T" are called "a"'], [{ x: { scale: "sqrt" } }, "must be linear or log"], [{ y: { domain: [1, 1] } }, "two numbers that rise"],
    [{ x: { scale: "log" }, parts: [{ kind: "ellipse", name: "e" }] }, "needs linear axes"],
  ]) assertFault(() => checkDeclaration({ ...plot, ...change }), UserFacingError, words);
  assertFault(() => checkDomain("x", "log", [0, 1]), UserFacingError, "above 0");
  for (const [kind, values, words] of [
    ["line", { x: [1, 2], y: [1] }, 'The part "p" has 2 values x, but 1 values y.'], ["line", { x: [1], y: ["1"] }, "must be a list of numbers"], ["line", 3, "are missing"],
    ["heatMap", { values: [1, 2, 3], shape: [2, 2], bounds: [0, 0, 1, 1] }, "do not fill its rows"], ["heatMap", { values: [1], shape: [1, 1], bounds: [0, 0, 0, 1] }, "bounds"],
    ["ellipse", { mean: [1], covariance: [[1, 0], [0, 1]] }, "a mean of two"], ["ellipse", { mean: [1, 2], covariance: [1] }, "a covariance"], ["marker", {}, "needs x, y or both"], ["text", { x: 1, y: 2 }, "text"],
  ]) assertFault(() => checkValues({ kind, name: "p" }, values), UserFacingError, words);
});

test("intervals are vertical lines with gaps between them", () => {
  assert.deepEqual(joinIntervals([2, 3, 5], [[0, 1], null, [4, 6]]), { x: [2, 2, NaN, 5, 5, NaN], y: [0, 1, NaN, 4, 6, NaN] });
  assert.deepEqual(joinIntervals([1], [null]), { x: [], y: [] });
});
