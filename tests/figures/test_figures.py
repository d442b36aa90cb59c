import base64
import io
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from explorer.figures.images import image_sheet, to_data_uri, to_png, to_uint8
from explorer.figures.palette import CLASS_COLOURS, class_colour
from explorer.figures.selection_map import selection_map

RNG = np.random.default_rng(0)

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear_rgb(colour: str) -> np.ndarray:
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def cielab(rgb: np.ndarray) -> np.ndarray:
    xyz = (
        np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
        @ rgb
        / [0.9505, 1, 1.089]
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHTS)
def test_class_colours_stay_apart_whatever_the_sight(sight):
    labs = [cielab(np.clip(np.array(SIGHTS[sight]) @ linear_rgb(c), 0, 1)) for c in CLASS_COLOURS]
    # A just noticeable difference is 2.3.
    assert min(np.linalg.norm(a - b) for a, b in combinations(labs, 2)) > 15


@pytest.mark.parametrize("background", ["#fcfcfa", "#101315"])
def test_class_colours_are_seen_on_both_backgrounds(background):
    weights = [0.2126, 0.7152, 0.0722]
    ground = linear_rgb(background) @ weights
    for colour in CLASS_COLOURS:
        light, dark = sorted([linear_rgb(colour) @ weights, ground], reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 1.75, colour


def test_the_eleventh_class_takes_the_first_colour_again():
    assert class_colour(10) == class_colour(0)


def test_the_map_has_a_trace_and_a_name_for_each_class_that_occurs():
    points, y = RNG.standard_normal((90, 2)), np.repeat([0, 2, 3], 30)
    figure = selection_map(points, ("z₀", "z₁"), True, y, "class", ("a", "b", "c", "d"))
    assert [t.name for t in figure.data] == ["a", "c", "d"]
    assert [t.marker.color for t in figure.data] == [class_colour(i) for i in (0, 2, 3)]
    for trace in figure.data:
        rows = np.asarray(trace.customdata)
        assert np.allclose(np.column_stack([trace.x, trace.y]), points[rows], atol=1e-6)
        assert trace.unselected.marker.opacity > 0  # greyed, not hidden
    assert sorted(np.concatenate([t.customdata for t in figure.data])) == list(range(90))
    assert figure.layout.xaxis.title.text == "z₀" and figure.layout.yaxis.title.text == "z₁"


def test_a_number_colours_the_map_with_its_name_on_the_scale():
    values = np.append(RNG.random(99), 1e6)
    [trace] = selection_map(
        RNG.standard_normal((100, 2)), ("z₀", "z₁"), True, values, "distortion, nats"
    ).data
    assert np.array_equal(trace.marker.color, values)
    assert trace.marker.colorbar.title.text == "distortion, nats"
    assert trace.marker.cmax < 1e6  # one extreme does not take all of the scale


def test_a_class_name_is_never_markup_on_the_map():
    figure = selection_map(
        np.zeros((2, 2)), ("z₀", "z₁"), True, np.array([0, 1]), "class", ("<b>x</b>", "%{z}")
    )
    assert "<b>x</b>" not in figure.to_json()


@pytest.mark.parametrize("channels", [1, 3])
def test_a_png_holds_the_very_pixels(channels):
    image = RNG.integers(0, 256, (channels, 6, 9), dtype=np.uint8)
    for content in (
        to_png(image),
        base64.b64decode(to_data_uri(image).partition(",")[2]),
        to_png(image / 255),
    ):
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))), to_uint8(image))


def test_a_sheet_sets_images_side_by_side():
    top = RNG.integers(0, 256, (4, 1, 5, 5), dtype=np.uint8)
    below = RNG.random((4, 1, 5, 5)).astype(np.float32)
    whole = image_sheet([top, below])
    assert whole.shape == (1, 14, 28)
    assert np.array_equal(whole[0, 1:6, 8:13], top[1, 0])
    assert np.array_equal(whole[0, 8:13, 1:6], np.rint(below[0, 0] * 255))
