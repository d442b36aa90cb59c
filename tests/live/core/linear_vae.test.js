import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { bestSigma, keptShare, measureLinearVae } = await core("linear_vae"), { combineComponents, projectOnto } = await core("pca");
const { spectrum, mean, components, x, cases: expected, best, trained } = cases("linear_vae"), rows = components.flat();

test("rate, errors and log p(x) are those of the exact posterior, image by image", () => {
  for (const { sigma, used, rate, squaredError, logLikelihood } of expected) {
    const own = measureLinearVae(spectrum, sigma);
    assert.equal(own.used, used, `used at ${sigma}`);
    assertClose([own.rate, own.squaredError, own.logLikelihood], [rate, squaredError, logLikelihood], 1e-8, `at ${sigma}`);
    assertClose(-own.distortion - own.rate, own.logLikelihood, 1e-12);
  }
  assert.deepEqual(new Set(expected.map(({ used }) => used)).has(0), true);
});

test("means keep the share of each score that the posterior mean leaves", () => {
  for (const { sigma, decoded } of expected) {
    const shares = spectrum.variances.map((variance) => keptShare(variance, sigma));
    const own = x.map((image) => combineComponents(rows, mean, projectOnto(rows, mean, image).map((score, k) => score * shares[k]), shares.length));
    assertClose(own.map((image) => [...image]), decoded, 1e-9, `at ${sigma}`);
  }
});

test("no gradient finds a better decoder, and no other σ a higher log p(x)", () => {
  assertClose(measureLinearVae(spectrum, trained.sigma).logLikelihood, trained.logLikelihood, 1e-5);
  assertClose(bestSigma(spectrum), best, 1e-12);
  const highest = measureLinearVae(spectrum, best).logLikelihood;
  for (const ratio of [0.9, 0.99, 1.01, 1.1, 3]) assert.ok(measureLinearVae(spectrum, best * ratio).logLikelihood < highest);
});
