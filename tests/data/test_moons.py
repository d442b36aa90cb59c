import numpy as np
import pytest

from explorer.data import load_dataset
from explorer.data.moons import DARK_SIDE_BRIGHTNESS, draw_moons, generate_moons

SIDE = 28
PLACES = (np.arange(SIDE) + 0.5) / SIDE * 2 - 1  # of pixel centres, in half images


def moon(phase, tilt=0.0, size=0.8):
    """Draw one moon, with brightness 0 to 1."""
    return draw_moons(*(np.array([v], np.float32) for v in (phase, tilt, size)))[0, 0] / 255


def area(size):
    return np.pi * (size * SIDE / 2) ** 2


@pytest.mark.parametrize("size", [0.55, 0.7, 0.9])
def test_the_disc_has_the_area_of_its_size(size):
    assert moon(1.0, size=size).sum() == pytest.approx(area(size), rel=0.01)


@pytest.mark.parametrize("size", [0.55, 0.9])
@pytest.mark.parametrize("tilt", [-40, 0, 15])
@pytest.mark.parametrize("phase", [0, 0.05, 0.25, 0.5, 0.6, 0.9, 1])
def test_the_phase_is_the_lit_share_of_the_disc(phase, tilt, size):
    lit = (moon(phase, tilt, size).sum() - DARK_SIDE_BRIGHTNESS * area(size)) / (1 - DARK_SIDE_BRIGHTNESS)
    assert lit / area(size) == pytest.approx(phase, abs=0.02)


def test_a_new_moon_is_faintly_visible_and_the_sky_is_black():
    image = moon(0.0)
    assert image[14, 14] == pytest.approx(DARK_SIDE_BRIGHTNESS, abs=1 / 255)
    assert image[np.hypot(*np.meshgrid(PLACES, PLACES)) > 0.9].max() == 0


@pytest.mark.parametrize("tilt", [-40, -10, 0, 25, 40])
def test_the_lit_side_points_right_and_the_tilt_turns_it_clockwise(tilt):
    lit = moon(0.4, tilt) - moon(0.0, tilt)
    right, down = (lit.sum(0) * PLACES).sum(), (lit.sum(1) * PLACES).sum()
    assert np.degrees(np.arctan2(down, right)) == pytest.approx(tilt, abs=1.5)


@pytest.mark.parametrize("phase", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("tilt", [5, 33])
def test_the_opposite_tilt_is_the_image_upside_down(phase, tilt):
    np.testing.assert_array_equal(moon(phase, tilt), moon(phase, -tilt)[::-1])


def test_phases_are_mirror_images_in_light_and_dark():
    """Check that what phase p lights, phase 1 − p rotated by 180° leaves dark."""
    together = moon(0.3) + moon(0.7)[:, ::-1]
    np.testing.assert_allclose(together, moon(1.0) + moon(0.0), atol=3 / 255)


def test_names_go_by_the_lit_share():
    data = generate_moons(500, 100)
    assert data.class_names == ("new", "crescent", "half", "gibbous", "full")
    phase = data.factors["phase"]
    between = [
        phase < 0.1,
        (phase >= 0.1) & (phase < 0.4),
        (phase >= 0.4) & (phase < 0.6),
        (phase >= 0.6) & (phase < 0.9),
        phase >= 0.9,
    ]
    np.testing.assert_array_equal(np.stack(between).argmax(0), data.y)
    assert set(data.y) == set(range(5))


def test_factors_are_those_of_the_images():
    data = generate_moons(60, 20)
    np.testing.assert_array_equal(data.x, draw_moons(**data.factors))


@pytest.mark.parametrize("factor, low, high", [("phase", 0, 1), ("tilt", -40, 40), ("size", 0.55, 0.9)])
def test_factors_fill_their_ranges_evenly(factor, low, high):
    values = generate_moons(1000, 0).factors[factor]
    assert values.dtype == np.float32 and values.min() >= low and values.max() <= np.float32(high)
    assert np.histogram(values, 5, (low, high))[0].min() > 150


def test_the_seed_decides():
    first = generate_moons(40, 10, seed=3)
    again = generate_moons(40, 10, seed=3)
    other = generate_moons(40, 10, seed=4)
    np.testing.assert_array_equal(first.x, again.x)
    assert (first.x != other.x).any(axis=(1, 2, 3)).all()


def test_by_name_there_are_seven_thousand():
    data = load_dataset("moons")
    assert (data.n_train, data.n_test, data.shape) == (6000, 1000, (1, 28, 28))
