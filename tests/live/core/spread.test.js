import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { countInBins, meanInterval, shareInterval, spreadRatio, standardDeviation } = await core("spread"), { sampleNormal, seedUniform } = await core("random");
const { values, sd, mean, half_width: halfWidth, shares, edges, counts } = cases("spread");

test("standard deviations and histograms are those of numpy, with what is beyond an end in the last bin", () => {
  assertClose(standardDeviation(values), sd, 1e-12);
  assertClose(countInBins(values, edges[0], edges.at(-1), counts.length), counts, 0);
  assert.deepEqual([...countInBins([-9, 9, 9], -1, 1, 2)], [1, 2]);
});

test("the intervals of a mean and of a share are those of scipy", () => {
  const interval = meanInterval(values);
  assertClose([interval.mean, interval.halfWidth], [mean, halfWidth], 1e-4);
  shares.forEach(({ count, n, low, high }) => {
    const found = shareInterval(count, n);
    assertClose([found.share, found.low, found.high], [count / n, low, high], 1e-4);
  });
});

test("the interval of a ratio holds the true one as often as it says", () => {
  const uniform = seedUniform(1), trials = 600;
  let held = 0;
  for (let trial = 0; trial < trials; trial++) {
    const u = sampleNormal(200, uniform), v = sampleNormal(200, uniform);
    const { ratio, low, high } = spreadRatio(u.map((a, i) => 3 * (0.5 * v[i] + Math.sqrt(0.75) * a)), v);
    assert.ok(low < ratio && ratio < high);
    held += low <= 3 && 3 <= high;
  }
  assert.ok(held > 0.92 * trials && held < 0.98 * trials, `${held / trials}`);
});

test("a seed has its own noise, which is standard normal", () => {
  const noise = sampleNormal(200000, seedUniform(3)), again = sampleNormal(9, seedUniform(3));
  assert.deepEqual(noise.slice(0, 9), again);
  assert.notDeepEqual(again, sampleNormal(9, seedUniform(4)));
  assertClose([noise.reduce((a, b) => a + b) / noise.length, standardDeviation(noise)], [0, 1], 0.01);
  const sorted = noise.sort((a, b) => a - b);
  cases("spread").quantiles.forEach(({ p, z }) => assert.ok(Math.abs(sorted[Math.floor(p * sorted.length)] - z) < 0.03));
});
