"""Correlations of dimensions against scipy, and their intervals against theory and simulations."""

import numpy as np
import pytest
from scipy.stats import norm, pearsonr
from sklearn.decomposition import PCA

from explorer.latent.correlation import correlate_dimensions, narrowest_direction

CODES = np.random.default_rng(0).multivariate_normal(
    np.zeros(3), [[1, 0.6, 0], [0.6, 1, -0.2], [0, -0.2, 4]], 20_000
)


def test_r_is_pearson_s_and_the_largest_comes_first():
    correlations = correlate_dimensions(CODES)
    for c in correlations:
        assert c.r == pytest.approx(pearsonr(*CODES[:, c.dimensions].T).statistic, abs=1e-9)
    assert [c.dimensions for c in correlations] == [(0, 1), (1, 2), (0, 2)]
    assert (
        correlations[0].is_beyond(0.5)
        and not correlations[0].is_within(0.6)
        and correlations[2].is_within(0.1)
    )


def test_of_gaussian_codes_the_interval_is_that_of_theory_for_three_pairs_at_once():
    for c in correlate_dimensions(CODES):
        half = norm.ppf(1 - 0.025 / 3) * (1 - c.r**2) / np.sqrt(len(CODES))
        assert (c.high - c.low) / 2 == pytest.approx(half, rel=0.05)


def test_intervals_contain_the_correlation_of_codes_that_are_not_gaussian():
    rng, covered = np.random.default_rng(1), 0
    for _ in range(400):
        shared, own = rng.standard_exponential((500, 1)), rng.standard_exponential((500, 2))
        [c] = correlate_dimensions(shared + own)
        covered += c.low <= 0.5 <= c.high  # Var of the shared part over that of a sum
    assert 0.91 < covered / 400 < 0.98


def test_dimensions_without_spread_have_no_correlation():
    assert correlate_dimensions(np.column_stack([CODES[:, 0], np.zeros(len(CODES))])) == []
    assert correlate_dimensions(CODES[:, :1]) == []


def test_the_narrowest_direction_is_the_last_principal_component():
    pca, narrow = PCA().fit(CODES), narrowest_direction(CODES)
    assert abs(narrow.axis @ pca.components_[-1]) == pytest.approx(1, abs=1e-9)
    assert narrow.sd == pytest.approx(np.sqrt(pca.explained_variance_[-1]), rel=1e-3)
    half = 1.96 * narrow.sd / np.sqrt(2 * len(CODES))  # of a Gaussian
    assert narrow.high - narrow.low == pytest.approx(2 * half, rel=0.05)
    assert narrow.main_dimensions() == [1, 0]
