import numpy as np

from explorer.figures.bars import rate_bars
from explorer.figures.palette import ACCENT, GREY


def test_bars_keep_their_places_and_show_which_dimensions_are_active():
    names, rates = ["z0", "z1", "z2"], np.array([0.5, 0.0, 2.0])
    figure = rate_bars(names, rates, rates / 10, np.array([True, False, True]), 3.0)
    active, inactive = figure.data
    assert (list(active.x), list(active.y), active.marker.color) == (["z0", "z2"], [0.5, 2.0], ACCENT)
    assert (list(inactive.x), list(inactive.y), inactive.marker.color) == (["z1"], [0.0], GREY)
    assert np.allclose(active.error_y.array, [0.05, 0.2])
    assert list(figure.layout.xaxis.categoryarray) == names and figure.layout.yaxis.range == (0, 3)


def test_without_inactive_dimensions_there_is_one_group():
    figure = rate_bars(["z0"], np.ones(1), np.zeros(1), np.array([True]), 2.0)
    assert [trace.name for trace in figure.data] == ["active"]
