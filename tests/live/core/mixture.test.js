import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { equallyLikelyPoints, interpolateValues, mixtureDensity, normalCells } = await core("mixture");
const { parseBlock } = await core("block"), { Network } = await core("network"), all = cases("mixture");

test("a mixture's density and the medians of equally likely ranges are scipy's", () => {
  assertClose(mixtureDensity(all.x, all.mixture), all.density, 1e-9);
  for (const { n, z } of all.points) assertClose(equallyLikelyPoints(n), z, 1e-4, `${n}`);
  assertClose(all.positions.map((position) => interpolateValues(all.values, all.x[0], all.x.at(-1), position)), all.interpolated, 1e-9);
});

test("the infinite mixture is the integral over z, and weights of its cells add up to 1", () => {
  const network = new Network(parseBlock(all.block)), decode = (z) => Float64Array.from(network.forward([z]));
  const gaussians = (points) => Array.from(points, decode).map(([mean, logvar]) => [mean, Math.exp(logvar / 2)]);
  assertClose(gaussians(all.z), all.decoded, 1e-5);
  const { z, weight } = normalCells(1200), parts = gaussians(z);
  assertClose(weight.reduce((a, b) => a + b), 1, 1e-8);
  const density = mixtureDensity(all.few, { weight, mean: parts.map(([mean]) => mean), sd: parts.map(([, sd]) => sd) });
  density.forEach((value, i) => assert.ok(Math.abs(value / all.infinite[i] - 1) < 2e-3 || Math.abs(value - all.infinite[i]) < 1e-5, `${value} for ${all.infinite[i]} at ${all.few[i]}`));
});
