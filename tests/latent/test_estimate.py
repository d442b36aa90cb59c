"""Intervals against scipy and repeated draws."""

import numpy as np
import pytest
from scipy.stats import entropy, norm
from sklearn.metrics import r2_score

from explorer.errors import UserError
from explorer.latent.estimate import (
    assign_groups,
    estimate_by_jackknife,
    estimate_means,
    estimate_perplexity,
    estimate_r_squared,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_interval_of_a_mean_is_the_normal_one(rng):
    values = rng.gamma(2, size=(400, 3))
    for estimate, column in zip(estimate_means(values), values.T):
        low, high = norm.interval(0.95, column.mean(), column.std(ddof=1) / 20)
        assert (estimate.value, estimate.n) == (pytest.approx(column.mean()), 400)
        assert (estimate.low, estimate.high) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))
        assert estimate.is_different_from_zero
    assert not estimate_means(np.array([[-1.0], [1.0]]))[0].is_different_from_zero
    with pytest.raises(UserError, match="at least two"):
        estimate_means(values[:1])


def test_leaving_out_groups_gives_the_error_of_a_mean(rng):
    values, group = rng.standard_normal(5000), assign_groups(5000)
    assert np.bincount(group).tolist() == [100] * 50
    estimate = estimate_by_jackknife(
        values.mean(), np.array([values[group != g].mean() for g in range(50)]), 5000
    )
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(5000), rel=0.25)


def test_r_squared_is_that_of_scikit_learn_and_its_interval_covers(rng):
    actual = rng.standard_normal((500, 2))
    predicted = actual * [0.9, 0.2] + rng.standard_normal((500, 2)) * [0.3, 1.5]
    for estimate, p, a in zip(estimate_r_squared(predicted, actual), predicted.T, actual.T):
        assert (
            estimate.value == pytest.approx(r2_score(a, p)) and estimate.low < estimate.value < estimate.high
        )
    covered = 0
    for _ in range(100):
        v = rng.standard_normal((300, 1))
        e = estimate_r_squared(v + 0.5 * rng.standard_normal((300, 1)), v)[0]
        covered += e.low <= 0.75 <= e.high
    assert covered >= 88


def test_the_interval_of_a_perplexity_covers_that_of_all_images(rng):
    """Few images use the entries less evenly than all do, so the value alone is too low."""
    shares = rng.dirichlet(np.full(32, 5.0))
    everything, covered, too_low = np.exp(entropy(shares)), 0, 0
    for _ in range(200):
        chosen = rng.choice(32, (200, 2), p=shares)
        e = estimate_perplexity(chosen, 32)
        assert e.value == pytest.approx(np.exp(entropy(np.bincount(chosen.ravel()))))
        covered, too_low = covered + (e.low <= everything <= e.high), too_low + (e.value < everything)
    assert covered >= 180 and too_low > 180
    assert estimate_perplexity(np.zeros((9, 2), int), 4).high == 1
    assert estimate_perplexity(np.arange(32).reshape(8, 4), 32).high == 32
    assert estimate_perplexity(np.zeros((1, 2), int), 4) is None
