"""Gradients of an expectation, against quadrature, torch.distributions and finite differences."""

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm
from torch.distributions import Normal

from explorer.lessons.reparameterization import BATCHES, LOSSES, MOST, curve, exact, gradients, noise, path

LOSS = {"bowl": lambda z: (z - 1) ** 2, "ripples": lambda z: np.cos(4 * z)}
SLOPE = {"bowl": lambda z: 2 * (z - 1), "ripples": lambda z: -4 * np.sin(4 * z)}
PLACES = [(-0.5, 0.8), (2.0, 0.1), (-2.0, 2.0), (1.0, 1.0), (0.3, 0.2)]


def mean(g, mu, sigma) -> float:
    """E g(z), z ~ N(mu, sigma²)"""
    return quad(lambda z: g(z) * norm.pdf(z, mu, sigma), mu - 9 * sigma, mu + 9 * sigma, limit=400, epsabs=1e-11)[0]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("mu, sigma", PLACES)
def test_the_exact_gradient_is_that_of_the_expectation_by_quadrature(loss, mu, sigma):
    h = 1e-4
    by_mu = (mean(LOSS[loss], mu + h, sigma) - mean(LOSS[loss], mu - h, sigma)) / (2 * h)
    by_sigma = (mean(LOSS[loss], mu, sigma + h) - mean(LOSS[loss], mu, sigma - h)) / (2 * h)
    assert np.allclose(exact(loss, mu, sigma), [by_mu, by_sigma], atol=2e-5)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("mu, sigma", PLACES)
@pytest.mark.parametrize("n", [1, 7, MOST])
def test_each_estimate_is_what_torch_distributions_makes_of_the_same_noise(loss, mu, sigma, n):
    eps = noise(3)[:, :n]
    found = gradients(loss, mu, sigma, eps)
    m, s = (torch.full((BATCHES, 1), v, dtype=torch.float64, requires_grad=True) for v in (mu, sigma))
    z = (m + s * eps).detach()
    surrogate = (torch.as_tensor(LOSS[loss](z.numpy())) * Normal(m, s).log_prob(z)).mean(1).sum()
    assert np.allclose(found.score, torch.cat(torch.autograd.grad(surrogate, (m, s)), 1), rtol=1e-8, atol=1e-9)
    slope = SLOPE[loss](z.numpy())
    assert np.allclose(found.pathwise, np.stack([slope.mean(1), (slope * eps.numpy()).mean(1)], 1), rtol=1e-9, atol=1e-9)
    assert found.drawn.shape == (BATCHES, 2) and not found.drawn.any()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("mu, sigma", PLACES)
def test_both_estimates_have_the_exact_mean_and_the_spread_of_quadrature(loss, mu, sigma):
    """Over 200,000 samples: within five standard errors of the mean, and the spread within a tenth."""
    found, target = gradients(loss, mu, sigma, noise(0)), exact(loss, mu, sigma)
    f, slope = LOSS[loss], SLOPE[loss]
    terms = {"pathwise": (slope, lambda z: slope(z) * (z - mu) / sigma),
             "score": (lambda z: f(z) * (z - mu) / sigma**2, lambda z: f(z) * (((z - mu) / sigma) ** 2 - 1) / sigma)}
    for way, both in terms.items():
        for i, term in enumerate(both):
            sd = np.sqrt(mean(lambda z, g=term: g(z) ** 2, mu, sigma) - target[i] ** 2)
            estimates = getattr(found, way)[:, i]
            assert abs(estimates.mean() - target[i]) < 5 * sd / np.sqrt(BATCHES * MOST)
            assert estimates.std() == pytest.approx(sd / np.sqrt(MOST), rel=0.25)


def test_on_the_bowl_the_path_scatters_far_less_and_on_wide_ripples_more():
    bowl, ripples = gradients("bowl", -0.5, 0.2, noise(1)[:, :10]), gradients("ripples", 0.0, 2.0, noise(1)[:, :10])
    assert bowl.score.std(0)[0] > 10 * bowl.pathwise.std(0)[0]
    assert ripples.pathwise.std(0)[0] > 3 * ripples.score.std(0)[0]


def test_the_noise_is_one_for_a_seed_and_fewer_samples_are_the_first():
    assert torch.equal(noise(5), noise(5)) and not torch.equal(noise(5), noise(6)) and noise(5).shape == (BATCHES, MOST)
    for loss in LOSSES:
        few, many = path(loss, 0.5, 0.7, noise(5)[0, :3]), path(loss, 0.5, 0.7, noise(5)[0, :40])
        assert all(np.array_equal(few[name], many[name][:3]) for name in few)
        assert np.allclose(few["z"], 0.5 + 0.7 * few["eps"]) and np.allclose(few["loss"], LOSS[loss](few["z"]))
        assert np.allclose(few["slope"], SLOPE[loss](few["z"])) and np.allclose(curve(loss, few["z"]), few["loss"])
