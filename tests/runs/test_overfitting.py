"""Overfitting is named where it is, and nowhere else."""

import numpy as np
import pytest

from explorer.runs.overfitting import find_overfitting

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
    assert found.rise == pytest.approx(later[len(later) // 2 :].mean() - validation.min())


@pytest.mark.parametrize(("correlation", "most"), [(0.0, 0.01), (0.5, 0.03)])
def test_a_loss_without_a_trend_is_rarely_named(correlation, most):
    named = [find_overfitting(EPOCHS, FALLING, FALLING + noise(seed, correlation)) for seed in range(500)]
    level = [find_overfitting(EPOCHS, FALLING, 20 + noise(seed, correlation)) for seed in range(500)]
    assert np.mean([bool(found) for found in named]) <= most
    assert np.mean([bool(found) for found in level]) <= most


def test_a_rise_of_both_losses_is_no_overfitting():
    """It is a training that fails, such as at too high a learning rate."""
    rising = 20 + 0.5 * EPOCHS
    assert find_overfitting(EPOCHS, rising, rising + 0.1 * noise(0)) is None


def test_too_few_epochs_tell_nothing():
    assert find_overfitting(EPOCHS[:8], FALLING[:8], np.arange(8.0)) is None
    assert find_overfitting(EPOCHS[:0], FALLING[:0], FALLING[:0]) is None
