import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { estimateGradients, LOSSES } = await core("gradients"), { sampleNormal, seedUniform } = await core("random");
const { spreadRatio } = await core("spread"), { eps, stride, cases: all } = cases("gradients");

test("estimates are those of autograd, and the exact gradient is that of quadrature", () => {
  for (const { name, mu, sigma, n, pathwise, score, exact } of all) {
    const estimates = estimateGradients(name, mu, sigma, eps, stride, n), label = `${name} ${mu} ${sigma}`;
    assertClose([...estimates.pathwise.mu, ...estimates.pathwise.sigma], pathwise, 1e-9, label);
    assertClose([...estimates.score.mu, ...estimates.score.sigma], score, 1e-8, label);
    assertClose(Object.values(LOSSES[name].exact(mu, sigma)), exact, 2e-5, label);
  }
});

test("a smaller σ narrows the slopes' estimates of the bowl and widens the score function's; on wide ripples the slopes spread more", () => {
  const noise = sampleNormal(200 * 10, seedUniform(0)), ratios = (...of) => {
    const { pathwise, score } = estimateGradients(...of, noise, 10, 10);
    return { pathwise: pathwise.mu, score: score.mu, ratio: spreadRatio(score.mu, pathwise.mu) };
  };
  const wide = ratios("bowl", -0.5, 0.8), narrow = ratios("bowl", -0.5, 0.1);
  assert.ok(spreadRatio(narrow.pathwise, wide.pathwise).high < 0.2 && spreadRatio(narrow.score, wide.score).low > 2);
  assert.ok(ratios("ripples", -0.5, 2).ratio.high < 0.5 && narrow.ratio.low > 50);
});
