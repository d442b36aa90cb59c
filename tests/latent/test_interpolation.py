"""Paths against scipy's geometric_slerp, angles and the differences of neighbours."""

import numpy as np
import pytest
from scipy.spatial import geometric_slerp

from explorer.errors import UserError
from explorer.latent.interpolation import interpolate_linear, interpolate_spherical, midpoints

DIMS = [1, 2, 16, 64]


def ends(dim):
    return np.random.default_rng(dim).standard_normal((3, dim)) * 2 + 1


@pytest.mark.parametrize("dim", DIMS)
def test_the_straight_path_has_equal_steps_between_its_very_ends(dim):
    a, b, _ = ends(dim)
    path = interpolate_linear(a, b, 9)
    assert path.shape == (9, dim) and np.array_equal(path[[0, -1]], [a, b])
    assert np.diff(path, axis=0) == pytest.approx(np.tile((b - a) / 8, (8, 1)))


@pytest.mark.parametrize("dim", DIMS[1:])
def test_the_round_path_follows_the_great_circle_while_its_radius_changes_evenly(dim):
    a, b, middle = ends(dim)
    path = interpolate_spherical(a, b, 9, middle)
    assert np.array_equal(path[[0, -1]], [a, b])
    radii = np.linalg.norm([a - middle, b - middle], axis=1)
    assert np.linalg.norm(path - middle, axis=1) == pytest.approx(np.linspace(*radii, 9))
    circle = geometric_slerp((a - middle) / radii[0], (b - middle) / radii[1], np.linspace(0, 1, 9))
    assert (path - middle) / np.linalg.norm(path - middle, axis=1)[:, None] == pytest.approx(circle, abs=1e-7)


def test_a_quarter_turn_about_the_origin():
    half = np.sqrt(0.5)
    assert interpolate_spherical([1, 0], [0, 3], 3, np.zeros(2)) == pytest.approx(
        np.array([[1, 0], [2 * half, 2 * half], [0, 3]])
    )


@pytest.mark.parametrize("dim", DIMS)
def test_where_there_is_no_angle_the_round_path_is_the_straight_one(dim):
    a, b, middle = ends(dim)
    for start, end in ((middle, b), (a, middle), (middle, middle), (a, middle + 3 * (a - middle)), (a, a)):
        assert interpolate_spherical(start, end, 7, middle) == pytest.approx(
            interpolate_linear(start, end, 7), abs=1e-9
        )


def test_on_a_line_it_is_straight_even_through_the_middle():
    assert interpolate_spherical([-2.0], [4.0], 4, np.zeros(1)).tolist() == [[-2], [0], [2], [4]]


@pytest.mark.parametrize("dim", DIMS[1:])
def test_opposite_ends_are_joined_by_a_half_circle_that_is_always_the_same(dim):
    a, _, middle = ends(dim)
    b = middle - 2 * (a - middle)
    path = interpolate_spherical(a, b, 9, middle)
    out = path - middle
    radius = np.linalg.norm(out, axis=1)
    assert radius == pytest.approx(np.linspace(1, 2, 9) * np.linalg.norm(a - middle))
    turns = np.arccos((out[:-1] * out[1:]).sum(1) / (radius[:-1] * radius[1:]))
    assert turns == pytest.approx(np.pi / 8)
    least = np.abs(a - middle).argmin()
    assert out[4] @ (a - middle) == pytest.approx(0, abs=1e-9) and out[4, least] > 0
    assert interpolate_spherical(a, b + 1e-13, 9, middle) == pytest.approx(path, abs=1e-6)


def test_the_first_of_equal_axes_is_taken_between_opposite_ends():
    assert interpolate_spherical([0, 0, 1], [0, 0, -1], 3, np.zeros(3))[1] == pytest.approx([1, 0, 0])


@pytest.mark.parametrize("offset", [1e-4, 1e-7])
def test_nearly_opposite_ends_still_turn_evenly(offset):
    path = interpolate_spherical([1.0, 0], [-1.0, offset], 5, np.zeros(2))
    assert np.degrees(np.arctan2(path[:, 1], path[:, 0])) == pytest.approx([0, 45, 90, 135, 180], abs=0.01)


@pytest.mark.parametrize(
    "path", [interpolate_linear, lambda a, b, n: interpolate_spherical(a, b, n, np.zeros(2))]
)
def test_a_path_of_one_image_is_refused(path):
    with pytest.raises(UserError, match="at least 2 images, not 1"):
        path(np.ones(2), np.ones(2), 1)
    assert path([1, 0], [0, 1], 2).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("dim", [1, 2, 16])
def test_midpoints_lie_between_two_different_codes(dim):
    mu = np.random.default_rng(dim).standard_normal((3, dim)) * 2 + 1
    points = midpoints(mu, 60, mu.mean(0), np.random.default_rng(0))
    means = [(mu[i] + mu[j]) / 2 for i, j in ((0, 1), (0, 2), (1, 2))]
    pair_index = [int(np.argmin([np.linalg.norm(z - mean) for mean in means])) for z in points["linear"]]
    assert np.allclose(points["linear"], np.array(means)[pair_index]) and set(pair_index) == {0, 1, 2}
    radii = np.linalg.norm(mu - mu.mean(0), axis=1)
    expected = [(radii[i] + radii[j]) / 2 for i, j in ((0, 1), (0, 2), (1, 2))]
    if dim > 1:
        assert np.allclose(
            np.linalg.norm(points["spherical"] - mu.mean(0), axis=1), np.array(expected)[pair_index]
        )
    with pytest.raises(UserError, match="there is only 1"):
        midpoints(mu[:1], 5, mu[0], np.random.default_rng(0))
