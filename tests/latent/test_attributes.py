"""Directions against means taken by hand, and scikit-learn's linear regression."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import NearestCentroid

from explorer.errors import UserError
from explorer.latent.attributes import (
    class_direction,
    factor_direction,
    group_direction,
    measure_effect,
    measure_group_change,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("dim", [1, 2, 16, 64])
def test_between_two_classes_is_the_difference_of_their_centroids(dim, rng):
    y = rng.integers(0, 10, 500)
    mu = (rng.standard_normal((500, dim)) + y[:, None] ** 2).astype(np.float32)
    centroids = NearestCentroid().fit(mu, y).centroids_
    assert class_direction(mu, y, 2, 7).shape == (dim,)
    assert class_direction(mu, y, 2, 7) == pytest.approx(centroids[7] - centroids[2], rel=1e-5)
    assert np.array_equal(class_direction(mu, y, 7, 2), -class_direction(mu, y, 2, 7))
    assert not class_direction(mu, y, 3, 3).any()


@pytest.mark.parametrize("ones", [1, 20, 50, 80, 99])
def test_a_factor_of_two_values_parts_the_images_whatever_its_share(ones, rng):
    values = rng.permutation(np.arange(100) < ones).astype(np.float64)
    mu = rng.standard_normal((100, 3))
    # on 0 and 1, the difference of the means
    expected = LinearRegression().fit(values[:, None], mu).coef_[:, 0]
    assert factor_direction(mu, values) == pytest.approx(expected)
    assert factor_direction(mu, values * 4 - 7) == pytest.approx(expected)
    assert factor_direction(mu, values == 1) == pytest.approx(expected)


@pytest.mark.parametrize("dim", [1, 2, 16, 64])
def test_a_continuous_factor_leads_from_its_lower_to_its_upper_third(dim, rng):
    values = rng.permutation(np.arange(300)).astype(np.float32) / 7
    mu = rng.standard_normal((300, dim)) + np.outer(values, np.arange(dim))
    order = values.argsort()
    assert factor_direction(mu, values) == pytest.approx(mu[order[200:]].mean(0) - mu[order[:100]].mean(0))


def test_a_linear_code_changes_by_two_thirds_of_the_factors_range(rng):
    values = np.linspace(0, 3, 30_001)
    assert factor_direction(np.outer(values, [1.0, -2.0]), values) == pytest.approx([2, -4], rel=1e-3)


@pytest.mark.parametrize("counts", [(10, 80, 10), (5, 5, 90), (90, 5, 5), (40, 10, 50), (34, 33, 33)])
def test_images_of_equal_values_are_never_on_both_sides(counts, rng):
    values = rng.permutation(np.repeat([0, 1, 2], counts))
    mu = np.eye(3)[values]
    lower = {(5, 5, 90): [0, 1]}.get(counts, [0])
    upper = {(90, 5, 5): [1, 2]}.get(counts, [2])
    expected = mu[np.isin(values, upper)].mean(0) - mu[np.isin(values, lower)].mean(0)
    assert factor_direction(mu, values) == pytest.approx(expected)


def test_two_images_are_enough():
    assert factor_direction(np.array([[1.0, 5], [4, 5]]), np.array([0.2, 0.1])).tolist() == [-3, 0]


def test_groups_without_images_get_a_sentence(rng):
    mu = rng.standard_normal((9, 2))
    for a, b in ((0, 4), (4, 0)):
        with pytest.raises(UserError, match="class 4"):
            class_direction(mu, np.arange(9) % 3, a, b)
    for values in (np.ones(9), np.full(9, np.nan)):
        with pytest.raises(UserError, match="choose another factor"):
            factor_direction(mu, values)
    with pytest.raises(UserError, match="choose another factor"):
        factor_direction(mu[:0], np.empty(0))


def test_the_effect_counts_those_that_keep_their_class_and_those_that_take_the_other():
    effect = measure_effect(np.array([1, 2, 3, 3, 0]), np.array([1, 1, 1, 2, 0]), target=3)
    assert (effect.unchanged, effect.changed_to_target, effect.changed_to_other) == pytest.approx(
        (0.4, 0.4, 0.2)
    )
    with pytest.raises(UserError, match="three classes"):
        measure_effect(np.array([]), np.array([]), 3)


def test_a_group_direction_is_measured_on_images_that_it_was_not_computed_from(rng):
    mu = np.concatenate([rng.normal(0, 1, (8, 3)), rng.normal(1.5, 1, (5, 3))])
    first, second = range(8), range(8, 13)
    assert group_direction(mu, first, second) == pytest.approx(mu[8:].mean(0) - mu[:8].mean(0))

    def encode_decoded(zs):
        return np.tanh(zs)  # a decoder and encoder that lose something

    before, after = measure_group_change(mu, first, second, encode_decoded)
    for i in first:
        others = np.delete(mu[:8], i, 0)
        centroids = NearestCentroid().fit(np.concatenate([others, mu[8:]]), [0] * 7 + [1] * 5)
        direction = mu[8:].mean(0) - others.mean(0)
        expected = centroids.predict(np.tanh([mu[i], mu[i] + direction])).astype(bool)
        assert (before[i], after[i]) == tuple(expected)
    assert after.sum() > before.sum()
    with pytest.raises(UserError, match="at least one image for either group"):
        group_direction(mu, [], second)
