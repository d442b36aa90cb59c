"""Gaps of distributions whose gap is known."""

import numpy as np
import pytest
from scipy import integrate, stats

from explorer.errors import UserError
from explorer.latent.gaps import K_NEIGHBOURS, fit_gaussian, gap_kl, in_gap

N = 4000


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def gap(codes, rng):
    whitened = fit_gaussian(codes).whiten(codes)
    return in_gap(rng.standard_normal(whitened.shape), whitened).mean()


@pytest.mark.parametrize("dim", [1, 2, 16, 64])
def test_a_gaussian_has_one_in_two_to_the_k_in_any_dimension(rng, dim):
    shape = rng.standard_normal((dim, dim))
    codes = 3 + rng.standard_normal((N, dim)) @ shape
    assert gap(codes, rng) == pytest.approx(1 / 2**K_NEIGHBOURS, abs=0.012)


def test_a_ring_leaves_its_middle_and_its_outside_empty(rng):
    """Use codes at radius 1 to 1.2, whitened to unit variance. Outside gaps are the samples on the ring, and
    those so near to it that a disc of the density of samples there would hold K of them.
    """
    angle, radius = rng.uniform(0, 2 * np.pi, N), rng.uniform(1, 1.2, N)
    codes = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    sd = np.sqrt((1.1**2 + 0.2**2 / 12) / 2)
    disc_radius = {
        r: np.sqrt(K_NEIGHBOURS / (np.pi * N * stats.norm.pdf(r / sd) * stats.norm.pdf(0))) for r in (1, 1.2)
    }
    covered = stats.rayleigh.cdf(1.2 / sd + disc_radius[1.2]) - stats.rayleigh.cdf(1 / sd - disc_radius[1])
    assert gap(codes, rng) == pytest.approx(1 - covered, abs=0.02)


def test_two_far_blobs_leave_what_lies_between_and_beyond(rng):
    """Compare blobs of sd 0.05 at ±1 in one dimension with quadrature over a Gaussian of the same
    variance.
    """
    codes = np.concatenate([rng.normal(-1, 0.05, N // 2), rng.normal(1, 0.05, N // 2)])[:, None]
    sd = np.sqrt(1 + 0.05**2)
    covered = 2 * (stats.norm.cdf(1.15 / sd) - stats.norm.cdf(0.85 / sd))
    assert gap(codes, rng) == pytest.approx(1 - covered, abs=0.05)
    density = lambda v: 0.5 * (stats.norm.pdf(v, -1, 0.05) + stats.norm.pdf(v, 1, 0.05))  # noqa: E731
    kl, _ = integrate.quad(
        lambda v: density(v) * np.log(density(v) / stats.norm.pdf(v, 0, sd)), 0.5, 1.5, limit=200
    )
    assert gap_kl(fit_gaussian(codes).whiten(codes)) == pytest.approx(2 * kl, abs=0.06)


def test_a_shifted_ball_is_seen_by_the_prior_only(rng):
    """Use codes N((3, 0), I): they have no gap of their own, but prior samples on the far side have no code
    near them.
    """
    codes = rng.standard_normal((N, 2)) + [3, 0]
    assert gap(codes, rng) == pytest.approx(1 / 2**K_NEIGHBOURS, abs=0.012)
    is_in_gap = in_gap(rng.standard_normal((N, 2)), codes)
    assert 0.5 < is_in_gap.mean() < 0.9


@pytest.mark.parametrize("dim", [1, 2, 8, 16])
def test_a_gaussian_is_no_nats_from_its_own(rng, dim):
    codes = rng.standard_normal((N, dim)) @ rng.standard_normal((dim, dim)) + 5
    assert gap_kl(fit_gaussian(codes).whiten(codes)) == pytest.approx(0, abs=0.06)


def test_a_uniform_square_is_as_many_nats_from_its_gaussian_as_the_closed_form_says(rng):
    codes = rng.uniform(-1, 1, (N, 2))
    closed = 2 * (0.5 * np.log(2 * np.pi * np.e / 3) - np.log(2))
    assert gap_kl(fit_gaussian(codes).whiten(codes)) == pytest.approx(closed, abs=0.05)


@pytest.mark.parametrize("dim, share", [(2, 1), (3, 1), (8, 0.5), (16, 0)])
def test_two_modes_are_as_many_nats_from_their_gaussian_as_quadrature_says_and_fewer_in_many_dimensions(
    rng, dim, share
):
    """Use modes at ±1 in one dimension, among others that are Gaussian; share: the part of the true value
    that is found, to a tenth.
    """
    codes = rng.standard_normal((N, dim))
    codes[:, 0] = 0.3 * codes[:, 0] + rng.choice([-1, 1], N)
    density = lambda v: (stats.norm.pdf(v, -1, 0.3) + stats.norm.pdf(v, 1, 0.3)) / 2  # noqa: E731
    kl, _ = integrate.quad(
        lambda v: density(v) * np.log(density(v) / stats.norm.pdf(v, 0, np.sqrt(1.09))), -3, 3
    )
    assert gap_kl(fit_gaussian(codes).whiten(codes)) / kl == pytest.approx(share, abs=0.12)


def test_codes_on_a_line_are_measured_along_it(rng):
    line = rng.standard_normal(N)[:, None] * [2.0, -1.0] + [5.0, 1.0]
    fitted = fit_gaussian(line)
    assert fitted.whiten(line).shape == (N, 1)
    assert gap(line, rng) == pytest.approx(1 / 2**K_NEIGHBOURS, abs=0.012)
    assert fitted.unwhiten(fitted.whiten(line)) == pytest.approx(line, abs=1e-6)


def test_a_fit_has_the_codes_mean_and_covariance(rng):
    codes = rng.standard_normal((500, 3)) @ rng.standard_normal((3, 3)) + 1
    fitted = fit_gaussian(codes)
    assert fitted.mean == pytest.approx(codes.mean(0))
    assert fitted.root.T @ fitted.root == pytest.approx(np.cov(codes.T, bias=True))
    assert np.cov(fitted.whiten(codes).T, bias=True) == pytest.approx(np.eye(3), abs=1e-9)


def test_what_cannot_be_measured_gets_a_sentence(rng):
    with pytest.raises(UserError, match="same point"):
        fit_gaussian(np.ones((50, 2)))
    with pytest.raises(UserError, match=f"more than {K_NEIGHBOURS} codes, and there are 4"):
        in_gap(rng.standard_normal((50, 2)), rng.standard_normal((4, 2)))
    with pytest.raises(UserError, match="more than 10 codes"):
        gap_kl(rng.standard_normal((8, 2)))
