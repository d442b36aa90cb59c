import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { findDecoder, findPosteriors, highestEvidence, linearBoundTerms } = await core("linear_decoder");
const { points, decoder, posteriors, states, covariance, highest, loadings, noise } = cases("linear_decoder");

test("the terms of the bound are those of torch.distributions", () => {
  for (const { w, sigma, means, sd, evidence, bound, gap } of states) {
    const terms = linearBoundTerms(points, { w, sigma }, { means, sd });
    assertClose([terms.evidence, terms.bound, terms.gap], [evidence, bound, gap], 1e-9);
    assertClose(terms.bound + terms.gap, terms.evidence, 1e-9);
  }
});

test("the E step finds the true posteriors, and closes the gap", () => {
  const { means, sd } = findPosteriors(points, decoder);
  assertClose(means, posteriors.means, 1e-9);
  assertClose(sd, posteriors.sd, 1e-9);
  assertClose(linearBoundTerms(points, decoder, { means, sd }).gap, 0, 1e-12);
});

test("the M step finds the decoder that a numerical search finds", () => {
  for (const { means, sd, best_w: w, best_sigma: sigma } of states) {
    const found = findDecoder(points, { means, sd });
    assertClose([...found.w, found.sigma], [...w, sigma], 1e-4);
  }
});

test("log p(x) never falls, and the steps end at the closed form of maximum likelihood", () => {
  let [current, last] = [decoder, -Infinity];
  for (let i = 0; i < 300; i++) {
    const q = findPosteriors(points, current), before = linearBoundTerms(points, current, q);
    const next = findDecoder(points, q), after = linearBoundTerms(points, next, q);
    assert.ok(before.evidence >= last - 1e-12 && after.bound >= before.bound - 1e-12);
    assert.ok(after.evidence - before.evidence >= after.bound - before.bound - 1e-12);
    if (i === 0) assert.ok(after.gap > 0.01);
    [current, last] = [next, before.evidence];
  }
  assertClose([last, highestEvidence(points)], [highest, highest], 1e-9);
  const { w: [a, b], sigma } = current;
  assertClose([a * a + sigma ** 2, a * b, b * b + sigma ** 2], [covariance[0][0], covariance[0][1], covariance[1][1]], 1e-6);
  const sign = Math.sign(a * loadings[0]);
  assertClose([sign * a, sign * b, sigma ** 2], [...loadings, noise], 1e-6);
});
