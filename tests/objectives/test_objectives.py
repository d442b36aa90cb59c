"""Checked against torch.distributions, which shares no code with them."""

import pytest
import torch
from torch import distributions

from explorer.models.posterior import GaussianPosterior, PointPosterior
from explorer.objectives.distortion import build_likelihood
from explorer.objectives.rate import kl_per_dimension
from explorer.specs import RunSpec

RNG = torch.Generator().manual_seed(1)
LOGITS = torch.randn(7, 3, 4, 5, generator=RNG, dtype=torch.float64) * 3


def test_bernoulli_is_the_log_probability_of_coins():
    x = torch.bernoulli(torch.rand(LOGITS.shape, generator=RNG, dtype=torch.float64), generator=RNG)
    expected = -distributions.Bernoulli(logits=LOGITS).log_prob(x).sum((1, 2, 3))
    torch.testing.assert_close(build_likelihood(RunSpec()).distortion(LOGITS, x), expected)


def test_bernoulli_of_grey_is_the_mean_over_coins_with_that_share_of_heads():
    x = torch.rand(LOGITS.shape, generator=RNG, dtype=torch.float64)
    coins = distributions.Bernoulli(logits=LOGITS)
    expected = -(x * coins.log_prob(torch.ones_like(x)) + (1 - x) * coins.log_prob(torch.zeros_like(x))).sum(
        (1, 2, 3)
    )
    torch.testing.assert_close(build_likelihood(RunSpec()).distortion(LOGITS, x), expected)


@pytest.mark.parametrize("sigma", [0.05, 0.5, 1.0])
def test_gaussian_is_the_normal_log_density_with_its_constant(sigma):
    x = torch.rand(LOGITS.shape, generator=RNG, dtype=torch.float64)
    expected = -distributions.Normal(LOGITS, sigma).log_prob(x).sum((1, 2, 3))
    torch.testing.assert_close(
        build_likelihood(RunSpec(likelihood="gaussian", sigma=sigma)).distortion(LOGITS, x), expected
    )


def test_images_are_the_likelihoods_means():
    torch.testing.assert_close(
        build_likelihood(RunSpec()).mean(LOGITS), distributions.Bernoulli(logits=LOGITS).mean
    )
    gaussian = build_likelihood(RunSpec(likelihood="gaussian"))
    torch.testing.assert_close(gaussian.mean(torch.tensor([-1.0, 0.3, 2.0])), torch.tensor([0.0, 0.3, 1.0]))


def test_rate_is_the_kl_to_the_prior_in_each_dimension():
    mu, logvar = (torch.randn(9, 6, generator=RNG, dtype=torch.float64) * scale for scale in (2, 3))
    q, p = distributions.Normal(mu, (logvar / 2).exp()), distributions.Normal(torch.zeros_like(mu), 1.0)
    torch.testing.assert_close(
        kl_per_dimension(GaussianPosterior(mu, logvar)), distributions.kl_divergence(q, p)
    )


def test_rate_is_least_at_the_prior_itself():
    zero = torch.zeros(1, 1)
    assert kl_per_dimension(GaussianPosterior(zero, zero)).item() == 0
    others = torch.tensor([[-1.0], [-0.1], [0.1], [1.0]])
    assert (kl_per_dimension(GaussianPosterior(torch.zeros_like(others), others)) > 0).all()


def test_a_point_costs_nothing_and_never_moves():
    mu = torch.randn(4, 3, generator=RNG)
    assert not kl_per_dimension(PointPosterior(mu)).any()
    assert torch.equal(PointPosterior(mu).sample(torch.ones(4, 3)), mu)


def test_samples_have_the_posteriors_mean_and_variance_and_pass_gradients():
    mu = torch.tensor([[1.0, -2.0]], requires_grad=True)
    logvar = torch.tensor([[-1.0, 0.7]], requires_grad=True)
    z = GaussianPosterior(mu, logvar).sample(torch.randn(200_000, 2, generator=RNG))
    torch.testing.assert_close(z.mean(0), mu[0], atol=0.02, rtol=0)
    torch.testing.assert_close(z.var(0), logvar.exp()[0], atol=0.02, rtol=0.02)
    z.sum().backward()
    assert mu.grad.abs().min() > 0 and logvar.grad.isfinite().all()
