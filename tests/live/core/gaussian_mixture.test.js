import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { GaussianMixture, placeBetweenFits } = await core("gaussian_mixture"), { weights, means, factors, uniform, noise, chosen, samples, marginal_means: marginalMeans, marginal_covariances: marginalCovariances } = cases("gaussian_mixture");
const [K, D] = [means.length, means[0].length];
const mixture = new GaussianMixture({ data: weights, shape: [K] }, { data: means.flat(), shape: [K, D] }, { data: factors.flat(Infinity), shape: [K, D, D] });

test("samples of given noise are those of numpy and torch", () => {
  assertClose(uniform.map((u) => mixture.choose(u)), chosen, 0);
  assertClose(uniform.map((u, i) => [...mixture.sample(u, noise[i])]), samples, 1e-9);
});

test("an ellipse is that of the first two dimensions", () => {
  const ellipses = means.map((_, k) => mixture.ellipse(k));
  assertClose(ellipses.map(({ mean }) => mean), marginalMeans, 1e-9);
  assertClose(ellipses.map(({ covariance }) => covariance), marginalCovariances, 1e-9);
});

test("near a fit the fit itself is shown, and between two a share of the way", () => {
  const sizes = [1, 2, 8], at = (value) => placeBetweenFits(sizes, value, 0.1);
  assert.deepEqual([at(1), at(1.05), at(8), at(7.9)], [[0, 0], [0, 0], [1, 1], [1, 1]]);
  assertClose(at(4), [1, 0.5], 1e-9);
  assertClose(at(2 * 4 ** 0.3), [1, 0.25], 1e-9);
});
