"""Pictures of vectors, against heights and ticks that are counted in them."""

import numpy as np
import pytest

from explorer.figures.images import image_sheet, to_uint8
from explorer.figures.vector_picture import AXIS_HEIGHT, HEIGHT, WIDTH, as_pictures, tick_step

TOP = HEIGHT - AXIS_HEIGHT


@pytest.mark.parametrize("n", [3, 7, 40, 96, 300])
def test_bars_are_as_high_as_the_numbers_in_their_order(n):
    values = np.random.default_rng(n).uniform(size=n)
    [[picture]] = as_pictures(values[None, None, None])
    heights = (picture[:TOP] > 0).sum(0)
    for column in np.flatnonzero(heights):
        start, end = column / WIDTH * n, (column + 1) / WIDTH * n
        shown = values[int(start) : max(int(np.ceil(end - 1e-9)), int(start) + 1)]
        assert heights[column] in [int(v * TOP + 0.5) for v in shown]
    assert heights.max() == int(values.max() * TOP + 0.5)
    assert (picture[TOP] > 0).all() and ((picture[:TOP] == 1).sum(0) == (heights > 0)).all()
    assert (picture[TOP + 1] > 0).sum() == len(range(0, n, tick_step(n))) <= 6


def test_ticks_stand_at_round_numbers():
    assert [tick_step(n) for n in (2, 5, 6, 25, 26, 100, 700, 10_000)] == [1, 1, 2, 5, 10, 20, 200, 2000]


def test_every_picture_of_a_vector_is_drawn_and_images_stay():
    vectors = np.random.default_rng(0).integers(0, 256, (4, 1, 1, 30), np.uint8)
    assert to_uint8(vectors[0]).shape == (HEIGHT, WIDTH)
    assert image_sheet([vectors[:2], vectors[2:]], gap=0).shape == (1, 2 * HEIGHT, 2 * WIDTH)
    assert np.abs(as_pictures(vectors) / 255 - as_pictures(vectors / 255)).max() < 0.003
    images = np.zeros((2, 1, 8, 8))
    assert as_pictures(images) is images
