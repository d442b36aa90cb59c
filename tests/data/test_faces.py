"""Drawn faces: each factor is read back from the pixels without the code that drew them."""

import numpy as np
import pytest

from explorer.data import load_dataset
from explorer.data.face_drawing import draw_faces
from explorer.data.faces import FACTORS, generate_faces

MIDDLE = {name: (low + high) / 2 for name, (low, high, _) in FACTORS.items()} | {"glasses": 0}
STEPS = 9


def sweep(name, **fixed):
    """Draw faces that differ in one factor. Return its values and the images, float [n, 3, 64, 64]."""
    values = np.linspace(*FACTORS[name][:2], STEPS)
    factors = {key: np.full(STEPS, value) for key, value in (MIDDLE | fixed).items()} | {name: values}
    return values, draw_faces(**factors).astype(float)


def difference(images, colour):
    """Return how much each pixel differs from a colour [n, 3] or [3], [n, 64, 64]."""
    return np.abs(images - np.reshape(colour, (-1, 3, 1, 1))).sum(1)


def skin(images):
    """Return the colour of the cheek of each face, [n, 3]."""
    return images[:, :, 38, 26]


def assert_linear(values, measured, slope, tolerance):
    """Check that measured is slope·values and a constant, to a tolerance in the unit of measured."""
    offset = np.mean(measured - slope * values)
    np.testing.assert_allclose(measured, slope * values + offset, atol=tolerance)


def test_skin_becomes_darker_and_nothing_but_skin_and_what_is_on_it_changes():
    values, images = sweep("skin_colour")
    brightness = skin(images).mean(1)
    assert (np.diff(brightness) < -8).all() and brightness[0] > 215 and brightness[-1] < 85
    assert np.ptp(images[:, :, :12], axis=0).max() == 0  # hair and background
    red, green, blue = skin(images).T
    assert (red > green).all() and (green > blue).all()


def test_hair_becomes_lighter():
    _, images = sweep("hair_colour")
    brightness = images[:, :, 13, 32].mean(1)
    assert (np.diff(brightness) > 8).all() and brightness[0] < 35 and brightness[-1] > 170
    assert np.ptp(skin(images), axis=0).max() == 0


def test_hair_ends_where_its_length_says():
    values, images = sweep("hair_length", hair_colour=0)
    beside = images[:, :, :, 15].mean(1)  # a column of hair beside the face
    covered = (beside < 100).sum(1).astype(float)
    assert_linear(values[4:], covered[4:], 1, 0.75)
    assert (np.diff(covered) >= 0).all()


def test_face_width_is_that_of_the_skin():
    values, images = sweep("face_width", hair_colour=0, skin_colour=0.5, hair_length=45)
    row = images[:, :, 36:39].mean(2)
    warmth = np.clip((row[:, 0] - row[:, 2]) / 95, 0, 1)  # all but 0 for black hair and the background
    assert_linear(values, warmth.sum(1), 1, 0.6)


def pupils(images):
    """Return the column of the darkest weight in the left and the right half of the row of the eyes."""
    darkness = np.clip(110 - images.max(1)[:, 30:33], 0, None).sum(1)
    columns = np.arange(64) + 0.5
    halves = [
        (darkness[:, part] * columns[part]).sum(1) / darkness[:, part].sum(1)
        for part in (slice(16, 32), slice(32, 48))
    ]
    return halves


def test_eye_distance_is_between_the_pupils():
    values, images = sweep("eye_distance", hair_colour=0.5, skin_colour=0, eye_size=8)
    left, right = pupils(images)
    assert_linear(values, right - left, 1, 0.3)
    np.testing.assert_allclose(left + right, 64, atol=0.2)


def test_larger_eyes_have_more_white_and_dark_pixels():
    values, images = sweep("eye_size", skin_colour=0.5)
    area = (difference(images, skin(images))[:, 28:35, 18:46] > 30).sum((1, 2))
    assert (np.diff(area) >= 0).all() and area[-1] > 1.6 * area[0]


@pytest.mark.parametrize("glasses", [0, 1])
def test_eyebrows_are_as_high_above_the_eyes_as_said(glasses):
    values, images = sweep("eyebrow_height", skin_colour=0, hair_colour=0, glasses=glasses)
    rows = np.arange(20, 27)
    darkness = difference(images, skin(images))[:, rows][:, :, 24:27].sum(2)
    assert_linear(
        values, -(darkness * (rows + 0.5)).sum(1) / darkness.sum(1), 1, 0.35
    ) if not glasses else None
    assert (np.diff((darkness * rows).sum(1) / darkness.sum(1)) < 0).all()


def test_the_nose_ends_lower_the_longer_it_is():
    values, images = sweep("nose_length", skin_colour=0)
    dark = difference(images, skin(images))[:, 34:43, 27:37].sum(2)
    lowest = [np.flatnonzero(row > 120).max() for row in dark]
    assert_linear(values, np.array(lowest, float), 1, 0.85)


def test_the_corners_of_the_mouth_rise_above_its_middle():
    values, images = sweep("mouth_curve", skin_colour=0)
    redness = np.clip(
        (images[:, 0] - images[:, 1]) - (skin(images)[:, 0] - skin(images)[:, 1])[:, None, None], 0, None
    )
    rows = np.arange(41, 51) + 0.5

    def height(columns):
        weight = redness[:, 41:51, columns].sum(2)
        return (weight * rows).sum(1) / weight.sum(1)

    middle, corners = height(slice(31, 33)), (height(slice(26, 27)) + height(slice(37, 38))) / 2
    share = 1 - ((32 - 26.5) / 7.5) ** 2  # of the parabola, between the middle and the corner
    assert_linear(values, middle - corners, 1 - share, 0.35)
    assert (middle - corners)[-1] > 1.5 and (corners - middle)[0] > 1.5


def test_only_glasses_have_blue_frames():
    data = generate_faces(300, 100)
    eyes = data.x[:, :, 26:37, 21:43].astype(int)
    n_blue = (eyes[:, 2] > eyes[:, 0] + 30).sum((1, 2))
    np.testing.assert_array_equal(n_blue > 10, data.factors["glasses"] == 1)
    np.testing.assert_array_equal(data.y, data.factors["glasses"])
    assert data.class_names == ("no glasses", "glasses") and 0.4 < data.y.mean() < 0.6


def test_faces_are_symmetric_but_for_nose_and_parting():
    images = draw_faces(**{name: np.array([value]) for name, value in MIDDLE.items()})[0].astype(int)
    mirrored = images[:, :, ::-1]
    assert abs(images[:, 42:] - mirrored[:, 42:]).max() <= 1
    assert abs(images[:, 26:33, 16:29] - mirrored[:, 26:33, 16:29]).max() <= 1


def test_factors_are_those_of_the_images_with_their_units():
    data = generate_faces(60, 20)
    np.testing.assert_array_equal(data.x, draw_faces(**data.factors))
    assert list(data.factors) == list(FACTORS) == list(data.units) and len(FACTORS) == 10
    assert data.units["eyebrow_height"] == "px" and "dark" in data.units["skin_colour"]
    assert {v.dtype for v in data.factors.values()} == {np.dtype(np.float32)}


def test_factors_fill_their_ranges_and_are_independent():
    data = generate_faces(4000, 0)
    values = np.stack(list(data.factors.values()))
    for name, (low, high, _) in FACTORS.items():
        factor = data.factors[name]
        assert factor.min() >= low and factor.max() <= np.float32(high)
        if name != "glasses":
            assert np.histogram(factor, 5, (low, high))[0].min() > 700
    correlations = np.corrcoef(values) - np.eye(10)
    assert abs(correlations).max() < 4.5 / np.sqrt(4000)  # 45 pairs


def test_an_image_does_not_depend_on_those_drawn_with_it():
    data = generate_faces(70, 0)
    alone = draw_faces(**{name: values[40:41] for name, values in data.factors.items()})
    np.testing.assert_array_equal(alone[0], data.x[40])


def test_the_seed_decides():
    first, again, other = (generate_faces(40, 10, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.x, again.x)
    assert (first.x != other.x).any(axis=(1, 2, 3)).all()


@pytest.mark.slow
def test_by_name_there_are_fourteen_thousand_and_no_image_is_in_both_splits():
    data = load_dataset("faces")
    assert (data.n_train, data.n_test, data.shape) == (12_000, 2000, (3, 64, 64))
    train = {image.tobytes() for image in data.x[data.train]}
    assert not any(image.tobytes() in train for image in data.x[data.test])
