import assert from "node:assert/strict";
import test from "node:test";
import { cases, core } from "./cases.js";

const { sampleNormal } = await core("random"), { n, quantiles, expected, tolerance } = cases("random");

test("samples are standard normal, by their quantiles", () => {
  const samples = sampleNormal(n).sort((a, b) => a - b);
  quantiles.forEach((q, i) => assert.ok(Math.abs(samples[Math.floor(q * n)] - expected[i]) < tolerance[i], `quantile ${q}`));
});
