"""Intervals of shares, medians and divergences against scipy, and against their spread over simulations."""

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap, chi2_contingency, mannwhitneyu, norm

from explorer.latent.gaps import fit_gaussian, gap_kl, gap_kl_error
from explorer.latent.projection import variance_share_errors
from explorer.latent.share import is_larger, median_with_interval, share_of_count, share_of_smaller


@pytest.mark.parametrize("count, n", [(0, 7), (3, 7), (7, 7), (180, 1000)])
def test_the_share_of_a_count_has_wilson_s_interval(count, n):
    share, expected = share_of_count(count, n), binomtest(count, n).proportion_ci(method="wilson")
    assert (share.share, share.low, share.high) == pytest.approx((count / n, *expected), abs=1e-3)


@pytest.mark.parametrize("n", [25, 400])
def test_95_of_100_intervals_of_a_median_contain_it(n):
    rng = np.random.default_rng(0)
    intervals = [median_with_interval(rng.standard_exponential(n)) for _ in range(1000)]
    covered = np.mean([low <= np.log(2) <= high for _, low, high in intervals])
    assert 0.93 < covered < 0.99
    assert all(low <= median <= high for median, low, high in intervals)


def test_the_interval_of_a_median_of_few_values_is_all_of_them():
    assert median_with_interval(np.array([3.0, 1.0, 2.0])) == (2, 1, 3)


@pytest.mark.parametrize("offset", [0.0, 3.0])
def test_the_error_of_a_divergence_is_its_spread_over_codes_and_draws(offset):
    divergences, errors = [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        codes = rng.standard_normal((1000, 2))
        codes[:, 0] += offset * rng.choice([-1, 1], 1000)
        whitened = fit_gaussian(codes).whiten(codes)
        divergences.append(gap_kl(whitened))
        errors.append(gap_kl_error(whitened))
    # gap_kl has always the same draws: its spread is over codes alone
    assert 0.8 < np.mean(errors) / np.std(divergences) < 2


def test_too_few_codes_have_no_error_of_a_divergence():
    assert gap_kl_error(np.random.default_rng(0).standard_normal((100, 2))) is None


def test_the_error_of_a_share_of_the_variance_is_that_of_a_bootstrap():
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((800, 3)) * [2, 1, 0.5]
    centred = codes - codes.mean(0)
    axes = np.linalg.svd(centred, full_matrices=False)[2]

    def share(*columns, axis=-1):
        squares = np.square(np.stack(columns, -1))
        return squares[..., 0].mean(axis) / squares.sum(-1).mean(axis)

    expected = bootstrap(
        tuple((centred @ axes.T).T), share, paired=True, vectorized=True, n_resamples=2000, rng=rng
    ).standard_error
    assert variance_share_errors(centred, axes)[0] == pytest.approx(expected, rel=0.1)
    assert not variance_share_errors(np.zeros((5, 3)), axes).any()


def test_one_share_is_larger_than_another_where_scipy_finds_a_difference():
    rng, agree = np.random.default_rng(0), []
    for _ in range(200):
        n, m = rng.integers(100, 1000, 2)
        a, b = rng.binomial([n, m], rng.uniform(0.2, 0.4, 2))
        p = chi2_contingency([[a, n - a], [b, m - b]], correction=False).pvalue
        agree.append(is_larger(share_of_count(a, n), share_of_count(b, m)) == (p < 0.05 and a / n > b / m))
    assert np.mean(agree) > 0.97
    assert not is_larger(share_of_count(15, 50), share_of_count(15, 50))


def test_the_share_of_smaller_values_is_mann_and_whitney_s_with_delong_s_interval():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 20, 150), rng.integers(3, 20, 90)  # with ties
    share = share_of_smaller(a, b)
    assert share.share == pytest.approx(1 - mannwhitneyu(a, b).statistic / (150 * 90))
    shares = [share_of_smaller(rng.normal(0, 1, 150), rng.normal(0.5, 2, 90)) for _ in range(600)]
    assert np.mean([s.error for s in shares]) == pytest.approx(np.std([s.share for s in shares]), rel=0.1)
    exact = norm.cdf(0.5 / np.hypot(1, 2))
    assert 0.92 < np.mean([s.low < exact < s.high for s in shares]) < 0.98
