"""Overfitting is named where it is, and nowhere else."""

import numpy as np
import pytest
from scipy import stats

from explorer.runs.overfitting import Z_95, find_overfitting, fit_trend

EPOCHS = np.arange(1, 101)
FALLING = 20 + 80 * np.exp(-EPOCHS / 20)


def noise(seed, correlation=0.0):
    rng, e = np.random.default_rng(seed), np.zeros(len(EPOCHS))
    for i in range(len(e)):
        e[i] = correlation * e[i - 1] + np.sqrt(1 - correlation**2) * rng.standard_normal()
    return e


def test_a_rise_after_a_minimum_is_overfitting_and_its_size_is_told():
    validation = FALLING + 0.4 * np.maximum(EPOCHS - 40, 0) + 0.2 * noise(0)
    found = find_overfitting(EPOCHS, FALLING, validation)
    assert found.best_epoch == EPOCHS[validation.argmin()]
    later = validation[validation.argmin() + 1 :]
    line = stats.linregress(np.arange(len(later)), later)
    assert found.rise == pytest.approx(line.slope * (len(later) - 1))
    assert found.low < found.rise < found.high


def test_the_error_of_a_trend_is_that_of_regression_without_correlation():
    values = noise(1)
    r = 2 / len(values)  # the correction for a correlation that is measured as 0
    slope, error = fit_trend(values)
    line = stats.linregress(np.arange(len(values)), values)
    assert slope == pytest.approx(line.slope)
    assert (
        line.stderr <= error <= 1.3 * line.stderr
        and error >= line.stderr * np.sqrt((1 + r) / (1 - r)) * 0.999
    )


@pytest.mark.parametrize(("correlation", "least"), [(0.0, 0.94), (0.5, 0.92), (0.8, 0.88)])
def test_intervals_of_a_trend_cover_it(correlation, least):
    fits = [fit_trend(0.05 * EPOCHS + noise(seed, correlation)) for seed in range(500)]
    assert np.mean([abs(slope - 0.05) < Z_95 * error for slope, error in fits]) > least


@pytest.mark.parametrize(("correlation", "most"), [(0.0, 0.01), (0.5, 0.02)])
def test_a_loss_without_a_trend_is_rarely_named(correlation, most):
    for trend in (FALLING, 20.0):
        named = [find_overfitting(EPOCHS, FALLING, trend + noise(seed, correlation)) for seed in range(500)]
        assert np.mean([bool(found) for found in named]) <= most


def test_a_rise_of_both_losses_is_no_overfitting():
    """It is a training that fails, such as at too high a learning rate."""
    rising = 20 + 0.5 * EPOCHS
    assert find_overfitting(EPOCHS, rising, rising + 0.1 * noise(0)) is None


def test_too_few_epochs_tell_nothing():
    assert find_overfitting(EPOCHS[:8], FALLING[:8], np.arange(8.0)) is None
    assert find_overfitting(EPOCHS[:0], FALLING[:0], FALLING[:0]) is None
