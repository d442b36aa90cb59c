import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { Evidence, ascend, logNormaliser } = await core("evidence"), { linear, digits, normaliser, block } = cases("evidence");
const { findEvidence, readEvidence } = await core("evidence_image"), { parseBlock } = await core("block");
const LIMITS = [[-3, 3], [-3, 3], [-2.75, 0], [-2.75, 0]];
const ofLinear = new Evidence(linear.log_likelihood, linear.reach, linear.n);
const ofDigits = digits.images.map((image) => ({ image, evidence: new Evidence(image.log_likelihood, digits.reach, digits.n) }));

/** Return the values of q at each of so many steps of an ascent. */
function climb(evidence, start, steps) {
  const path = [start];
  for (let i = 0, rate = 0.02; i < steps; i++) {
    const next = ascend(evidence, path.at(-1), rate, LIMITS);
    rate = next.rate;
    path.push(next.q);
  }
  return path;
}

test("the evidence and the posterior of a linear model are their closed forms", () => {
  assertClose(ofLinear.logEvidence, linear.log_evidence, 2e-4);
  const expected = linear.log_posterior, top = Math.exp(expected.reduce((a, b) => Math.max(a, b)));
  assertClose(ofLinear.logPosterior.map(Math.exp), expected.map(Math.exp), 1e-3 * top);
});

test("the bound falls short of log p(x) by the KL divergence to the exact posterior", () => {
  linear.places.forEach((q, i) => {
    const terms = ofLinear.terms(q), kl = linear.kl_to_posterior[i], prior = linear.kl_to_prior[i];
    assertClose(terms.klToPosterior, kl, 2e-3 + 1e-3 * kl);
    assertClose(terms.klToPrior, prior, 2e-3);
    assertClose(terms.bound, linear.log_evidence - kl, 4e-3 + 1e-3 * kl);
    assertClose(terms.logLikelihood, linear.log_evidence - kl + prior, 4e-3 + 1e-3 * kl);
  });
});

test("the ascent on a linear model ends at the best Gaussian there is", () => {
  assertClose(climb(ofLinear, [-1, 1, 0, 0], 300).at(-1), linear.best, 5e-3);
});

test("the bars of the digits add up, and each expectation is a mean over samples", () => {
  for (const { image, evidence } of ofDigits) {
    assertClose(evidence.logEvidence, image.log_evidence, 1e-3);
    digits.places.forEach((q, i) => {
      const { bound, klToPosterior, klToPrior, logLikelihood } = evidence.terms(q);
      assertClose(bound + klToPosterior, evidence.logEvidence, 1e-9);
      assertClose(logLikelihood - klToPrior, bound, 1e-9);
      assertClose(logLikelihood, image.means[i], 5 * image.errors[i]);
      assert.ok(klToPosterior > 0 && klToPrior > 0);
    });
  }
});

test("the gradient is the slope of the bound", () => {
  for (const { evidence } of ofDigits)
    for (const q of digits.places.slice(1)) {
      const ends = [0, 1, 2, 3].map((i) => [1, -1].map((sign) => evidence.terms(q.map((value, j) => value + sign * 1e-4 * (i === j))).bound));
      evidence.gradient(q).forEach((slope, i) => assertClose(slope, (ends[i][0] - ends[i][1]) / 2e-4, 1e-3 + 1e-3 * Math.abs(slope)));
    }
});

test("the ascent never lets the bound fall, ends above the encoder's, and keeps a KL where the posterior is no Gaussian", () => {
  ofDigits.forEach(({ image, evidence }, i) => {
    const steps = climb(evidence, [0, 0, 0, 0], 40).map((q) => evidence.terms(q));
    steps.slice(1).forEach(({ bound }, k) => assert.ok(bound >= steps[k].bound));
    assert.ok(steps.at(-1).bound > evidence.terms(image.encoder).bound, `image ${i}`);
  });
  const ends = [-1.5, 0, 1.5].flatMap((x) => [-1.5, 0, 1.5].map((y) => climb(ofDigits[2].evidence, [x, y, -1, -1], 60).at(-1)));
  assert.ok(Math.min(...ends.map((q) => ofDigits[2].evidence.terms(q).klToPosterior)) > 0.5);
});

test("what the Bernoulli likelihood lacks of a density is what torch's two densities differ by", () => {
  const { pixels, log_normaliser: expected } = normaliser, size = 64, n = expected.length;
  const found = Array.from({ length: n }, (_, i) => logNormaliser(pixels.slice(i * size, (i + 1) * size)));
  assertClose(found, expected, 0.01);
  assertClose(found.slice(0, -1).reduce((a, b) => a + b) / (n - 1), 84, 1); // of an independent computation
});

test("a block has log p(x), the encoder's q and the pixels of its images, and says nothing of others", () => {
  const parsed = parseBlock(block.block), { evidence, encoder, pixels } = readEvidence(findEvidence({ other_evidence: parsed }, block.row), block.row);
  assertClose([evidence.logEvidence], [block.log_evidence], 1e-3);
  assertClose(encoder, block.encoder, 1e-6);
  assertClose(pixels, block.pixels, 1e-7);
  assertClose([readEvidence(parsed, block.row).evidence.logEvidence], [evidence.logEvidence], 0); // reading changes nothing
  assert.equal(findEvidence({ evidence: parsed }, block.row), parsed);
  assert.equal(findEvidence({ evidence: parsed }, block.row + 1), undefined);
});
