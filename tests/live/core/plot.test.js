import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { arrowStep, stepWithinRange } = await core("arrow_keys"), { formatNumber, subscript } = await core("format"), { computeTicks, PlotArea } = await core("plot_area");
const { ticks, numbers } = cases("plot");

for (const { low, high, length, steps } of ticks)
  test(`ticks are round, and neither crowded nor absent: ${low} to ${high}`, () => {
    const found = computeTicks(low, high, length);
    assert.ok(found.length > 0 && low <= found[0] && found.at(-1) <= high);
    for (let i = 1; i < found.length; i++) {
      const step = found[i] - found[i - 1];
      assert.ok((step * length) / (high - low) >= 60 - 1e-9);
      assert.ok(steps.some((round) => Math.abs(step / round - 1) < 1e-9), `${step}`);
    }
  });

test("a plot area shows its bounds, to scale where asked, and returns from pixels", () => {
  for (const toScale of [true, false]) {
    const area = new PlotArea([-2, 1, 6, 3], toScale, 700, 500);
    for (const point of [[-2, 1], [6, 3], [0.5, 1.75]]) {
      assert.ok(area.contains(area.toPixels(point).map((v) => Math.round(v))));
      assertClose(area.toData(area.toPixels(point)), point, 1e-9);
    }
    assert.equal(area.scale[0] === area.scale[1], toScale);
    assert.ok(area.contains(area.clamp([-50, 9999])) && !area.contains([-50, 9999]));
  }
});

test("numbers are text with a true minus sign", () => {
  for (const { value, digits, expected } of numbers) assert.equal(formatNumber(value, digits), expected);
  assert.equal(subscript(120), "₁₂₀");
});

test("arrow keys step, with Shift five times as far, and stay within a range", () => {
  assert.deepEqual([arrowStep({ key: "ArrowUp" }), arrowStep({ key: "ArrowLeft", shiftKey: true }), arrowStep({ key: "a" })], [[0, 1], [-5, 0], null]);
  const range = { low: -1, high: 1 };
  assert.deepEqual([stepWithinRange(0.9, 0.5, range), stepWithinRange(-0.9, -0.5, range), stepWithinRange(3, 0.5, range), stepWithinRange(3, -0.5, range)], [1, -1, 3, 2.5]);
});
