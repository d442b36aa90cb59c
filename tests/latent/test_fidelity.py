"""Density and coverage against their definition, by loops, and their intervals against repetitions."""

import numpy as np
import pytest
from sklearn.metrics import pairwise_distances

from explorer.errors import UserError
from explorer.latent.fidelity import Reference, measure_fidelity
from explorer.latent.gaps import in_gap

K = 5


def by_definition(real: np.ndarray, fake: np.ndarray) -> tuple[float, float]:
    """Return density and coverage by equations 3 and 4 of Naeem et al. (2020)."""
    radii = np.sort(pairwise_distances(real), axis=1)[:, K]  # the first distance is to itself
    distances, density, covered = pairwise_distances(real, fake), 0, 0
    for i, radius in enumerate(radii):
        density += sum(distance < radius for distance in distances[i])
        covered += any(distance < radius for distance in distances[i])
    return density / (K * len(fake)), covered / len(real)


@pytest.mark.parametrize("n, m, dim", [(60, 40, 2), (200, 350, 1), (90, 90, 16), (1300, 30, 3)])
def test_they_are_as_defined(n, m, dim):
    rng = np.random.default_rng(n)
    real, fake = rng.standard_normal((n, dim)), 0.8 * rng.standard_normal((m, dim)) + 0.3
    density, coverage = by_definition(real, fake)
    measured = measure_fidelity(real + 100, fake + 100)
    assert measured.density.value == pytest.approx(density)
    assert measured.coverage.share == pytest.approx(coverage)
    assert measured.density.n == measured.coverage.n == n
    assert (1 - in_gap(real, fake)).mean() == pytest.approx(coverage)


def test_equal_distributions_have_density_one_and_the_coverage_of_theory():
    rng = np.random.default_rng(0)
    measured = measure_fidelity(rng.standard_normal((4000, 2)), rng.standard_normal((4000, 2)))
    assert measured.density.low < 1 < measured.density.high
    assert measured.coverage.low < 1 - 1 / 2**K < measured.coverage.high


def test_no_sample_near_gives_zero_and_one_place_a_small_coverage():
    real = np.random.default_rng(0).standard_normal((300, 2))
    far = measure_fidelity(real, np.full((50, 2), 90.0))
    assert far.density.value == far.coverage.share == 0
    middle = measure_fidelity(real, np.zeros((50, 2)))
    assert middle.density.value > 1 and middle.coverage.share < 0.1


def test_without_a_group_of_images_the_figures_are_those_of_the_others():
    rng = np.random.default_rng(5)
    real, fake = rng.standard_normal((250, 2)), rng.standard_normal((100, 2))
    reference, group = Reference(real), rng.permutation(250) % 50
    counts = np.array(
        [
            [(pairwise_distances(real[i : i + 1], fake)[0] ** 2 < radius).sum() for radius in radii]
            for i, radii in enumerate(reference.squared_radii)
        ]
    )
    densities, coverages = reference._without_points(counts, group, len(fake))
    for g in range(50):
        density, coverage = by_definition(real[group != g], fake)
        assert densities[g] == pytest.approx(density) and coverages[g] == pytest.approx(coverage)


def test_intervals_contain_the_mean_of_repetitions_about_as_often_as_they_say():
    """0.95 of 60 intervals, with the binomial's spread; jackknifes of neighbours are somewhat too wide."""
    rng, measured = np.random.default_rng(1), []
    for _ in range(60):
        measured.append(
            measure_fidelity(rng.standard_normal((400, 2)), 1.3 * rng.standard_normal((400, 2)) + 0.2)
        )
    for figures in (
        [(m.density.value, m.density.low, m.density.high) for m in measured],
        [(m.coverage.share, m.coverage.low, m.coverage.high) for m in measured],
    ):
        value, low, high = np.array(figures).T
        assert ((low <= value.mean()) & (value.mean() <= high)).mean() >= 0.88
        assert (high - low).mean() < 2.2 * 2 * 1.96 * value.std()


def test_too_few_images_get_a_sentence():
    with pytest.raises(UserError, match="Use more test images"):
        Reference(np.zeros((9, 2)))
    with pytest.raises(UserError, match="at least one sample"):
        measure_fidelity(np.random.default_rng(0).standard_normal((20, 2)), np.empty((0, 2)))
