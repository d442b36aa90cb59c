import numpy as np
import pytest

from explorer.data import load_dataset
from explorer.data.shapes import CLASS_NAMES, draw_shapes, generate_shapes

SIDE = 32
PLACES = (np.arange(SIDE) + 0.5) / SIDE * 2 - 1  # of pixel centres, in half images
PIXEL = 2 / SIDE


def shape(name, x=0.0, y=0.0, scale=0.4, rotation=0.0):
    """Draw one shape, with brightness 0 to 1."""
    factors = (np.array([value], np.float32) for value in (x, y, scale, rotation))
    return draw_shapes([CLASS_NAMES.index(name)], *factors)[0, 0] / 255


def centre(image):
    return (image.sum(0) * PLACES).sum() / image.sum(), (image.sum(1) * PLACES).sum() / image.sum()


def test_square_and_ellipse_sit_where_the_factors_say():
    data = generate_shapes(300, 100)
    for image, kind, x, y in zip(data.x[:, 0] / 255, data.y, data.factors["x"], data.factors["y"]):
        if CLASS_NAMES[kind] != "heart":
            assert centre(image) == pytest.approx((x, y), abs=PIXEL / 5)


@pytest.mark.parametrize("x, y", [(0.5, 0.0), (-0.25, 0.125), (0.0, -0.5)])
@pytest.mark.parametrize("name", CLASS_NAMES)
def test_moving_a_shape_moves_its_pixels(name, x, y):
    moved = np.roll(shape(name), (round(y / PIXEL), round(x / PIXEL)), (0, 1))
    np.testing.assert_array_equal(shape(name, x, y), moved)


@pytest.mark.parametrize("name, area", [("square", 1.6**2), ("ellipse", np.pi * 0.6)])
@pytest.mark.parametrize("scale", [0.2, 0.3, 0.45])
@pytest.mark.parametrize("rotation", [0, 20])
def test_the_area_is_that_of_the_figure(name, area, scale, rotation):
    assert shape(name, scale=scale, rotation=rotation).sum() * PIXEL**2 == pytest.approx(
        area * scale**2, rel=0.05
    )


@pytest.mark.parametrize("name", CLASS_NAMES)
def test_the_area_grows_with_the_square_of_the_scale(name):
    assert shape(name, scale=0.45, rotation=20).sum() / shape(
        name, scale=0.225, rotation=20
    ).sum() == pytest.approx(4, rel=0.03)


@pytest.mark.parametrize("name, turn", [("square", 90), ("square", -90), ("ellipse", 180), ("heart", 360)])
@pytest.mark.parametrize("rotation", [0, 17])
def test_a_turn_that_the_figure_does_not_notice(name, turn, rotation):
    np.testing.assert_allclose(
        shape(name, 0.2, -0.1, 0.4, rotation + turn), shape(name, 0.2, -0.1, 0.4, rotation), atol=1.01 / 16
    )


@pytest.mark.parametrize("name", CLASS_NAMES)
def test_a_quarter_turn_is_the_image_turned_clockwise(name):
    np.testing.assert_allclose(shape(name, rotation=90), np.rot90(shape(name), -1), atol=1.01 / 16)


@pytest.mark.parametrize("rotation", [-45, -10, 0, 30])
def test_the_ellipse_stands_upright_and_leans_clockwise(rotation):
    image = shape("ellipse", rotation=rotation)
    xx, yy, xy = (image.sum(0) * PLACES**2).sum(), (image.sum(1) * PLACES**2).sum(), PLACES @ image @ PLACES
    assert np.degrees(np.arctan2(-2 * xy, yy - xx) / 2) == pytest.approx(rotation, abs=1)


def test_the_heart_is_symmetric_and_points_down():
    heart = shape("heart")
    np.testing.assert_array_equal(heart, heart[:, ::-1])
    widths = heart.sum(1)[heart.sum(1) > 0]
    assert widths[: len(widths) // 2].sum() > 1.3 * widths[len(widths) // 2 :].sum()
    # A heart has a dent at the top and a point at the bottom.
    assert heart[heart.any(1)][0, 15:17].max() == 0 < heart[heart.any(1)][-1, 15:17].min()


@pytest.mark.parametrize("name", CLASS_NAMES)
def test_no_shape_is_cut_by_the_edge(name):
    """Check the outermost position, at the largest scale, with any rotation."""
    whole = shape(name, scale=0.45).sum()
    for rotation in (-45, -20, 0, 45):
        assert shape(name, 0.5, 0.5, 0.45, rotation).sum() == pytest.approx(whole, rel=0.01)


def test_factors_are_those_of_the_images():
    data = generate_shapes(60, 20)
    np.testing.assert_array_equal(data.x, draw_shapes(data.y, **data.factors))
    assert list(data.factors) == ["x", "y", "scale", "rotation"]
    assert {v.dtype for v in data.factors.values()} == {np.dtype(np.float32)}
    assert data.class_names == ("square", "ellipse", "heart") and set(data.y) == {0, 1, 2}


def test_the_seed_decides():
    first = generate_shapes(40, 10, seed=3)
    again = generate_shapes(40, 10, seed=3)
    other = generate_shapes(40, 10, seed=4)
    np.testing.assert_array_equal(first.x, again.x)
    assert (first.x != other.x).any(axis=(1, 2, 3)).all()


def test_by_name_there_are_fourteen_thousand():
    data = load_dataset("shapes")
    assert (data.n_train, data.n_test, data.shape) == (12_000, 2000, (1, 32, 32))
