import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const importance = await core("importance"), { Evidence } = await core("evidence"), { sampleNormal, seedUniform } = await core("random");
const { accumulateRows, estimateFromGroups, estimateFromRows, findBestGaussian, findModes, importanceWeights, interpolateLikelihood } = importance;
const { noise, images, weights, length, of_rows: ofRows, of_groups: ofGroups } = cases("importance"), { linear, digits } = cases("evidence");
const LIMITS = [[-3, 3], [-3, 3], [-2.75, 0], [-2.75, 0]];
const mean = (values) => values.reduce((a, b) => a + b) / values.length;
const ofLinear = new Evidence(linear.log_likelihood, linear.reach, linear.n);
const ofDigits = digits.images.map((image) => new Evidence(image.log_likelihood, digits.reach, digits.n));

test("a quadratic log-likelihood is interpolated exactly", () => {
  const values = Float64Array.from({ length: 64 }, (_, k) => 3 - (Math.floor(k / 8) - 2.2) ** 2 + 0.7 * (k % 8) * Math.floor(k / 8) - (k % 8) ** 2);
  const grid = { logLikelihood: values, n: 8, step: 0.5, axis: Float64Array.from({ length: 8 }, (_, i) => -1.75 + 0.5 * i) };
  for (const [i, j] of [[2.25, 3.5], [3, 4], [1.9, 5.99]]) assertClose(interpolateLikelihood(grid, -1.75 + 0.5 * i, -1.75 + 0.5 * j), 3 - (i - 2.2) ** 2 + 0.7 * i * j - j ** 2, 1e-9);
  assertClose(interpolateLikelihood(grid, -9, 9), values[7], 1e-9);
});

test("the weights of the digits are those of decoding at each draw", () => {
  images.forEach(({ q: gaussians, log_weights: expected }, i) => gaussians.forEach((q, j) => {
    const found = importanceWeights(ofDigits[i], q, noise), errors = Array.from(found, (weight, k) => Math.log(weight) + ofDigits[i].logEvidence - expected[j][k]);
    assertClose(mean(errors), 0, 0.003);
    assert.ok(errors.every((error) => Math.abs(error) < 0.5), `image ${i}`);
  }));
});

test("an estimate from one draw has the expectation of the bound, and a weight that of p(x)", () => {
  const many = sampleNormal(40_000, seedUniform(1)), q = linear.best, { klToPosterior } = ofLinear.terms(q);
  const estimates = estimateFromGroups(importanceWeights(ofLinear, q, many), 1);
  assertClose(mean(estimates), -klToPosterior, 0.02);
  const [, , s0, s1] = q, shifted = [q[0] + Math.exp(s0), q[1], s0, s1];
  assertClose(mean(estimateFromGroups(importanceWeights(ofLinear, shifted, many), 1)), -ofLinear.terms(shifted).klToPosterior, 0.05);
  assertClose(mean(importanceWeights(ofLinear, [0, 0, 0, 0], many)), 1, 0.1);
});

test("estimates are logarithms of means, of the first of a row or of separate groups", () => {
  const sums = accumulateRows(Float64Array.from(weights), length);
  [1, 7, 20].forEach((k, i) => {
    assertClose(estimateFromRows(sums, length, k), ofRows[i], 1e-9);
    assertClose(estimateFromGroups(Float64Array.from(weights), k), ofGroups[i], 1e-9);
  });
});

test("the best Gaussian is that of scipy, and the modes are higher than what is around them", () => {
  images.forEach(({ q: gaussians, best }, i) => {
    const found = findBestGaussian(ofDigits[i], gaussians.at(-1), LIMITS);
    assertClose(ofDigits[i].terms(found).bound, ofDigits[i].terms(best).bound, 1e-3);
    const modes = findModes(ofDigits[i]).map(([z0, z1]) => interpolateLikelihood(ofDigits[i], z0, z1) - (z0 ** 2 + z1 ** 2) / 2);
    assert.deepEqual(modes, modes.slice().sort((a, b) => b - a));
  });
  assert.equal(findModes(ofLinear).length, 1);
  assertClose(findBestGaussian(ofLinear, [0, 0, 0, 0], LIMITS), linear.best, 0.01);
});
