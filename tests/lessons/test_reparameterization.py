"""Gradients of an expectation, against quadrature, torch.distributions and finite differences."""

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm
from torch.distributions import Normal, kl_divergence

from explorer.lessons.reparameterization.compute import (
    LOSS_FUNCTIONS,
    MAX_SAMPLES,
    N_BATCHES,
    estimate_gradients,
    exact_gradient,
    loss_values,
    sample_noise,
    sample_path,
    spread_ratio,
)

LOSS = {"bowl": lambda z: (z - 1) ** 2, "ripples": lambda z: np.cos(4 * z)}
SLOPE = {"bowl": lambda z: 2 * (z - 1), "ripples": lambda z: -4 * np.sin(4 * z)}
PLACES = [(-0.5, 0.8), (2.0, 0.1), (-2.0, 2.0), (1.0, 1.0), (0.3, 0.2)]


def mean(g, mu, sigma) -> float:
    """Return E g(z), z ~ N(mu, sigma²)."""
    return quad(
        lambda z: g(z) * norm.pdf(z, mu, sigma), mu - 9 * sigma, mu + 9 * sigma, limit=400, epsabs=1e-11
    )[0]


@pytest.mark.parametrize("loss", LOSS_FUNCTIONS)
@pytest.mark.parametrize("mu, sigma", PLACES)
def test_the_exact_gradient_is_that_of_the_expectation_by_quadrature(loss, mu, sigma):
    h = 1e-4
    by_mu = (mean(LOSS[loss], mu + h, sigma) - mean(LOSS[loss], mu - h, sigma)) / (2 * h)
    by_sigma = (mean(LOSS[loss], mu, sigma + h) - mean(LOSS[loss], mu, sigma - h)) / (2 * h)
    assert np.allclose(exact_gradient(loss, mu, sigma), [by_mu, by_sigma], atol=2e-5)


@pytest.mark.parametrize("loss", LOSS_FUNCTIONS)
@pytest.mark.parametrize("mu, sigma", PLACES)
@pytest.mark.parametrize("n", [1, 7, MAX_SAMPLES])
def test_each_estimate_is_what_torch_distributions_makes_of_the_same_noise(loss, mu, sigma, n):
    eps = sample_noise(3)[:, :n]
    gradients = estimate_gradients(loss, mu, sigma, eps)
    m, s = (torch.full((N_BATCHES, 1), v, dtype=torch.float64, requires_grad=True) for v in (mu, sigma))
    z = (m + s * eps).detach()
    surrogate = (torch.as_tensor(LOSS[loss](z.numpy())) * Normal(m, s).log_prob(z)).mean(1).sum()
    assert np.allclose(
        gradients.score, torch.cat(torch.autograd.grad(surrogate, (m, s)), 1), rtol=1e-8, atol=1e-9
    )
    slope = SLOPE[loss](z.numpy())
    assert np.allclose(
        gradients.pathwise, np.stack([slope.mean(1), (slope * eps.numpy()).mean(1)], 1), rtol=1e-9, atol=1e-9
    )
    assert gradients.direct.shape == (N_BATCHES, 2) and not gradients.direct.any()


@pytest.mark.parametrize("loss", LOSS_FUNCTIONS)
@pytest.mark.parametrize("mu, sigma", PLACES)
def test_both_estimates_have_the_exact_mean_and_the_spread_of_quadrature(loss, mu, sigma):
    """Check over 200,000 samples: within five standard errors of the mean, and the standard deviation within
    a tenth.
    """
    gradients, target = estimate_gradients(loss, mu, sigma, sample_noise(0)), exact_gradient(loss, mu, sigma)
    f, slope = LOSS[loss], SLOPE[loss]
    terms = {
        "pathwise": (slope, lambda z: slope(z) * (z - mu) / sigma),
        "score": (
            lambda z: f(z) * (z - mu) / sigma**2,
            lambda z: f(z) * (((z - mu) / sigma) ** 2 - 1) / sigma,
        ),
    }
    for estimator, both in terms.items():
        for i, term in enumerate(both):
            sd = np.sqrt(mean(lambda z, g=term: g(z) ** 2, mu, sigma) - target[i] ** 2)
            estimates = getattr(gradients, estimator)[:, i]
            assert abs(estimates.mean() - target[i]) < 5 * sd / np.sqrt(N_BATCHES * MAX_SAMPLES)
            assert estimates.std() == pytest.approx(sd / np.sqrt(MAX_SAMPLES), rel=0.25)


def test_on_the_bowl_the_path_scatters_far_less_and_on_wide_ripples_more():
    bowl = estimate_gradients("bowl", -0.5, 0.2, sample_noise(1)[:, :10])
    ripples = estimate_gradients("ripples", 0.0, 2.0, sample_noise(1)[:, :10])
    assert bowl.score.std(0)[0] > 10 * bowl.pathwise.std(0)[0]
    assert ripples.pathwise.std(0)[0] > 3 * ripples.score.std(0)[0]


def test_the_noise_is_one_for_a_seed_and_fewer_samples_are_the_first():
    assert torch.equal(sample_noise(5), sample_noise(5))
    assert not torch.equal(sample_noise(5), sample_noise(6))
    assert sample_noise(5).shape == (N_BATCHES, MAX_SAMPLES)
    for loss in LOSS_FUNCTIONS:
        few = sample_path(loss, 0.5, 0.7, sample_noise(5)[0, :3])
        many = sample_path(loss, 0.5, 0.7, sample_noise(5)[0, :40])
        assert all(np.array_equal(few[name], many[name][:3]) for name in few)
        assert np.allclose(few["z"], 0.5 + 0.7 * few["eps"])
        assert np.allclose(few["loss"], LOSS[loss](few["z"]))
        assert np.allclose(few["slope"], SLOPE[loss](few["z"]))
        assert np.allclose(loss_values(loss, few["z"]), few["loss"])


@pytest.mark.parametrize("reparameterized", [False, True])
def test_sampled_directly_a_posterior_collapses_to_the_prior_under_loss_and_kl(reparameterized):
    """Minimise f(z) + KL by gradient descent, with f a steep bowl around 1: only the KL divergence has a
    gradient unless z = mu + sigma·eps.
    """
    torch.manual_seed(0)
    mu, s = (torch.full((512,), v, dtype=torch.float64, requires_grad=True) for v in (0.6, -3.0))
    for _ in range(600):
        eps = torch.randn(512, dtype=torch.float64)
        z = mu + torch.exp(s / 2) * eps if reparameterized else torch.normal(mu, torch.exp(s / 2)).detach()
        loss = (20 * (z - 1) ** 2 + kl_divergence(Normal(mu, torch.exp(s / 2)), Normal(0.0, 1.0))).sum()
        for value, slope in zip((mu, s), torch.autograd.grad(loss, (mu, s))):
            value.data -= 0.02 * slope
    sigma = torch.exp(s / 2)
    # The minimum of 20(mu − 1)² + 20sigma² + KL.
    expected = (40 / 41, 41**-0.5) if reparameterized else (0, 1)
    assert mu.mean().item() == pytest.approx(expected[0], abs=0.03)
    assert sigma.mean().item() == pytest.approx(expected[1], abs=0.03)


def test_the_interval_of_a_ratio_holds_the_true_one_as_often_as_it_says():
    rng, held = np.random.default_rng(0), 0
    for _ in range(300):
        a, b = rng.multivariate_normal([0, 0], [[9, 1.5], [1.5, 1]], 200).T
        _, low, high = spread_ratio(a, b)
        held += low <= 3 <= high
    assert 0.9 < held / 300 < 0.99
