"""Draws against the moments and the distribution that they are to have (scipy)."""

import numpy as np
import pytest
from scipy import stats

from explorer.errors import UserError
from explorer.latent.densities.aggregate import AggregatePosterior
from explorer.latent.draws import sample_gaussian
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian

N = 20_000


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def scale(codes, has_prior):
    return reference_gaussian(codes, fit_projection(codes), has_prior)


@pytest.mark.parametrize("dim", [1, 2, 16, 64])
def test_draws_of_the_prior_are_standard_normal_whatever_the_codes(dim, rng):
    z = sample_gaussian(scale(rng.normal(3, 2, (100, dim)), True), N, 1, rng)
    assert z.shape == (N, dim)
    assert min(stats.kstest(column, "norm").pvalue for column in z.T) > 0.01 / dim
    assert np.atleast_2d(np.cov(z.T, bias=True)) == pytest.approx(np.eye(dim), abs=0.06)


@pytest.mark.parametrize("dim", [1, 2, 16, 64])
@pytest.mark.parametrize("temperature", [0.5, 1, 2])
def test_draws_of_the_fitted_gaussian_have_the_codes_mean_and_the_temperatures_share_of_their_spread(
    dim, temperature, rng
):
    codes = rng.standard_normal((500, dim)) @ rng.standard_normal((dim, dim)) + 5
    z = sample_gaussian(scale(codes, False), N, temperature, rng)
    mean, covariance = codes.mean(0), np.atleast_2d(np.cov(codes.T, bias=True))
    far = np.einsum("ni,ij,nj->n", z - mean, np.linalg.inv(covariance), z - mean) / temperature**2
    assert stats.kstest(far, stats.chi2(dim).cdf).pvalue > 0.001
    assert z.mean(0) == pytest.approx(mean, abs=5 * temperature * np.sqrt(covariance.max() / N))
    assert np.atleast_2d(np.cov(z.T, bias=True)) / temperature**2 == pytest.approx(
        covariance, abs=0.06 * covariance.max()
    )


def test_draws_of_codes_on_a_line_stay_on_it(rng):
    codes = rng.standard_normal((500, 1)) * [2.0, -1.0] + [5.0, 1.0]
    z = sample_gaussian(scale(codes, False), N, 1, rng) - [5, 1]
    assert z @ [1, 2] == pytest.approx(np.zeros(N), abs=1e-6) and z[:, 0].std() == pytest.approx(2, rel=0.1)


@pytest.mark.parametrize("temperature", [0.5, 1, 2])
def test_draws_of_the_aggregate_posterior_are_of_the_mixture_of_all(temperature, rng):
    mu = np.array([[-3, 0], [0, 1], [4, 2]], np.float32)
    logvar = np.array([[0, -4], [-2, -4], [1, -4]], np.float32)
    z = AggregatePosterior(mu, logvar).sample(N, rng, temperature)
    sd = temperature * np.exp(logvar[:, 0] / 2)
    assert z.shape == (N, 2)
    assert stats.kstest(z[:, 0], lambda x: stats.norm.cdf(x[:, None], mu[:, 0], sd).mean(1)).pvalue > 0.001
    image = np.digitize(z[:, 1], [0.5, 1.5])
    for i in range(3):
        assert (image == i).mean() == pytest.approx(1 / 3, abs=0.06)  # one row for both dimensions
        assert np.median(z[image == i, 0]) == pytest.approx(mu[i, 0], abs=0.25)


@pytest.mark.parametrize("dim", [1, 16, 64])
def test_draws_without_a_posterior_or_temperature_are_codes_themselves(dim, rng):
    mu = rng.standard_normal((40, dim)).astype(np.float32)
    for logvar, temperature in ((None, 1), (None, 3), (np.zeros_like(mu), 0)):
        z = AggregatePosterior(mu, logvar).sample(2000, rng, temperature)
        rows, counts = np.unique(z, axis=0, return_counts=True)
        assert np.array_equal(rows, np.unique(mu, axis=0).astype(np.float64))
        assert stats.chisquare(counts).pvalue > 0.001


def test_without_temperature_a_gaussian_is_its_mean(rng):
    codes = rng.normal(2, 1, (50, 3))
    assert (sample_gaussian(scale(codes, False), 4, 0, rng) == codes.mean(0)).all()


def test_a_seed_decides_and_no_draw_is_none(rng):
    s = scale(rng.normal(2, 1, (50, 3)), False)
    once, again = (sample_gaussian(s, 5, 1, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(once, again)
    assert (
        sample_gaussian(s, 0, 1, rng).shape
        == AggregatePosterior(np.ones((5, 3)), None).sample(0, rng, 1).shape
        == (0, 3)
    )


@pytest.mark.parametrize("temperature", [-0.1, np.nan, np.inf])
def test_what_cannot_be_drawn_gets_a_sentence(temperature, rng):
    with pytest.raises(UserError, match="choose 1"):
        sample_gaussian(scale(np.eye(3), True), 5, temperature, rng)
    with pytest.raises(UserError, match="choose 1"):
        AggregatePosterior(np.eye(3), None).sample(5, rng, temperature)
    with pytest.raises(UserError, match="too few codes to sample from"):
        AggregatePosterior(np.empty((0, 3)), None).sample(5, rng, 1)
