"""The estimate of a gap, and whether it is as far from the truth as it says: against many independent sets of
codes.
"""

from functools import partial

import numpy as np
import pytest
from scipy import stats

from explorer.errors import UserError
from explorer.latent.confidence import measure_low_confidence
from explorer.latent.gap_estimate import GapEstimate, estimate_gap, estimate_prior_gap, is_smaller
from explorer.latent.gaps import K_NEIGHBOURS, fit_gaussian, in_gap

SETS = 60
slow_case = partial(pytest.param, marks=pytest.mark.slow)
MEANS = np.random.default_rng(7).normal(0, 3, (6, 2))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def mixture(n, rng):
    """Return n codes of six Gaussians of standard deviation 0.5, in two dimensions."""
    return MEANS[rng.integers(0, len(MEANS), n)] + 0.5 * rng.standard_normal((n, 2))


def two_blobs(n, rng):
    """Return n codes near (-1, 0) and (1, 0)."""
    return np.column_stack([rng.choice([-1.0, 1.0], n), np.zeros(n)]) + 0.15 * rng.standard_normal((n, 2))


def heavy_tails(n, rng):
    """Return n codes of which the outermost move the fitted Gaussian most."""
    return rng.standard_t(5, (n, 2))


@pytest.mark.parametrize("dim", [1, 2, 16])
def test_two_equal_distributions_have_one_in_two_to_the_k(rng, dim):
    mu = 3 + rng.standard_normal((2000, dim)) @ rng.standard_normal((dim, dim))
    estimate = estimate_gap(mu, None)
    assert estimate.share == pytest.approx(1 / 2**K_NEIGHBOURS, abs=3 * estimate.error)
    assert estimate.error < 0.008
    assert estimate.n == 2000
    # as a whole, N(0, I)
    prior = estimate_prior_gap(rng.standard_normal((2000, dim)) * 0.6, np.full((2000, dim), 2 * np.log(0.8)))
    assert prior.share == pytest.approx(1 / 2**K_NEIGHBOURS, abs=3 * prior.error) and prior.error < 0.004


def test_it_is_the_mean_of_what_one_set_of_draws_measures(rng):
    """Compare with gaps measured with a hundred other sets of samples."""
    codes = mixture(1000, rng)
    whitened = fit_gaussian(codes).whiten(codes)
    single = np.array([in_gap(rng.standard_normal(whitened.shape), whitened).mean() for _ in range(100)])
    estimate = estimate_gap(codes, None)
    assert estimate.share == pytest.approx(single.mean(), abs=4 * single.std() / np.sqrt(10))
    assert estimate.error < 2.5 * single.std()


@pytest.mark.parametrize(
    "codes_of, n, n_images, sd, prior",
    [
        slow_case(mixture, 400, 400, None, False),
        (mixture, 400, 400, 0.3, False),
        slow_case(mixture, 300, 600, None, False),
        (mixture, 400, 400, 0.3, True),
        slow_case(two_blobs, 400, 400, None, False),
        slow_case(heavy_tails, 400, 400, None, False),
    ],
)
def test_estimates_from_new_codes_spread_as_much_as_predicted(codes_of, n, n_images, sd, prior):
    """Compare the standard deviation over independent sets of codes with the predicted one, and count how
    often the interval contains their mean.

    The tolerance is four standard errors of a standard deviation of SETS values.
    """
    rng, estimates = np.random.default_rng(1), []
    for seed in range(SETS):
        logvar = None if sd is None else np.full((n_images, 2), 2 * np.log(sd))
        measure = estimate_prior_gap if prior else estimate_gap
        estimates.append(measure(codes_of(n_images, rng), logvar, n, seed))
    shares, errors = np.array([f.share for f in estimates]), np.array([f.error for f in estimates])
    assert np.sqrt(np.mean(errors**2)) / shares.std(ddof=1) == pytest.approx(1.1, abs=0.35)
    covered = np.mean([f.low <= shares.mean() <= f.high for f in estimates])
    assert covered >= stats.binom.ppf(0.002, SETS, 0.95) / SETS
    assert {f.n for f in estimates} == {n}


def test_the_interval_is_wilsons_and_stays_within_zero_and_one(rng):
    estimate = estimate_gap(mixture(500, rng), None)
    independent = estimate.share * (1 - estimate.share) / estimate.error**2
    exact = stats.binomtest(round(estimate.share * round(independent)), round(independent)).proportion_ci(
        0.95, method="wilson"
    )
    assert (estimate.low, estimate.high) == pytest.approx((exact.low, exact.high), abs=0.003)
    for n in (6, 11, 20):
        for dim in (1, 6, 16):
            small = estimate_gap(rng.standard_normal((n, dim)), None)
            assert 0 <= small.low <= small.share <= small.high <= 1 and small.high - small.low > 0.04


def test_it_is_printed_in_whole_percents():
    assert str(GapEstimate(0.1634, 0.1449, 0.1851, 5000, 0.01)) == "16% (14 to 19%)"


def test_one_gap_is_smaller_only_beyond_both_errors_and_of_as_many_codes():
    small, large = GapEstimate(0.10, 0.08, 0.12, 5000, 0.01), GapEstimate(0.14, 0.12, 0.16, 5000, 0.01)
    assert is_smaller(small, large) and not is_smaller(large, small)
    # 0.02 is less than 1.96 · √2 · 0.01
    assert not is_smaller(small, GapEstimate(0.12, 0.10, 0.14, 5000, 0.01))
    assert not is_smaller(small, GapEstimate(0.14, 0.12, 0.16, 360, 0.01))


def test_the_same_seed_gives_the_same_estimate_and_another_almost(rng):
    codes = mixture(500, rng)
    first, second = estimate_gap(codes, None), estimate_gap(codes, None, seed=1)
    assert first == estimate_gap(codes, None)
    assert first != second
    assert first.share == pytest.approx(second.share, abs=3 * first.error)


def test_confidence_is_counted_in_gaps_and_outside():
    """Use codes in two blobs and a classifier that is unsure between them, which is all a gap."""
    codes = two_blobs(2000, np.random.default_rng(0))
    confidence = measure_low_confidence(codes, None, lambda z: np.abs(z[:, 0]) < 0.3)
    assert confidence.all.n == confidence.in_gaps.n + confidence.outside.n == 10_000
    assert confidence.outside.share < 0.001 < confidence.in_gaps.share
    assert confidence.all.share == pytest.approx(
        stats.norm.cdf(0.3, scale=np.sqrt(1 + 0.15**2)) * 2 - 1, abs=0.02
    )
    assert confidence.in_gaps.n / 10_000 == pytest.approx(estimate_gap(codes, None).share, abs=0.01)
    exact = stats.binomtest(
        round(confidence.in_gaps.share * confidence.in_gaps.n), confidence.in_gaps.n
    ).proportion_ci(0.95, method="wilson")
    assert (confidence.in_gaps.low, confidence.in_gaps.high) == pytest.approx(
        (exact.low, exact.high), abs=1e-4
    )


def test_confidence_of_few_codes_is_counted_over_more_draws(rng):
    confidence = measure_low_confidence(rng.standard_normal((300, 2)), None, lambda z: z[:, 0] > 0)
    assert confidence.all.n == 9900 and confidence.all.share == pytest.approx(0.5, abs=0.04)


def test_what_cannot_be_measured_gets_a_sentence(rng):
    with pytest.raises(UserError, match=f"more than {K_NEIGHBOURS} codes, and there are 4"):
        estimate_gap(rng.standard_normal((4, 2)), None)
    with pytest.raises(UserError, match="same point"):
        estimate_gap(np.ones((50, 2)), None)
