"""Messages may come late, together, again, or wrong; z is the latest good one."""

import numpy as np
import pytest

from explorer.ui.components.pad_position import PadPosition

MU = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)


def codes(side, film_position):
    return (1 + 10 * side) * (MU if film_position is None else film_position * MU)


@pytest.fixture
def position():
    return PadPosition([[0.0, 0.0]], 0)


def test_a_commit_moves_z_and_a_chosen_row_is_its_code(position):
    position.receive_commit({"number": 5, "zs": [[1, -1]], "row": None}, codes)
    assert (position.zs[0], position.row, position.last_message) == ([1.0, -1.0], None, 5)
    position.receive_commit({"number": 6, "zs": [[9, 9]], "row": 1}, codes)
    assert (position.zs[0], position.row, position.last_message) == ([3.0, 4.0], 1, 6)


def test_an_old_commit_delivered_again_is_ignored(position):
    position.receive_commit({"number": 5, "zs": [[1, 1]], "row": None}, codes)
    position.move([MU[0]], 0)
    position.receive_commit({"number": 5, "zs": [[1, 1]], "row": None}, codes)
    assert position.zs[0] == [1.0, 2.0] and position.row == 0


@pytest.mark.parametrize("first", ["commit", "preview"])
def test_a_preview_delivered_together_with_the_commit_before_it_is_decoded(position, first):
    messages = {
        "commit": lambda: position.receive_commit({"number": 5, "zs": [[1, 1]], "row": None}, codes),
        "preview": lambda: position.receive_preview({"number": 6, "zs": [[2, 2]]}),
    }
    messages.pop(first)()
    next(iter(messages.values()))()
    assert (position.zs[0], position.preview, position.last_message) == ([1.0, 1.0], ([[2.0, 2.0]], None), 6)


def test_a_commit_ends_a_preview(position):
    position.receive_preview({"number": 5, "zs": [[2, 2]]})
    assert position.zs[0] == [0.0, 0.0] and position.preview == ([[2.0, 2.0]], None)
    position.receive_commit({"number": 6, "zs": [[3, 3]], "row": None}, codes)
    assert position.zs[0] == [3.0, 3.0] and position.preview is None


def test_a_row_is_chosen_where_the_film_is(position):
    position.receive_commit({"number": 5, "zs": [[0, 0]], "row": 1, "film_position": 10}, codes)
    assert position.zs[0] == [30.0, 40.0] and position.film_position == 10
    position.receive_commit({"number": 6, "zs": [[0, 0]], "row": None, "film_position": float("nan")}, codes)
    assert position.film_position == 10


@pytest.mark.parametrize(
    "z", [None, "1,2", [1], [1, 2, 3], [1, "2"], [float("nan"), 1], [1, 10**400], [1e9, 0], {}]
)
def test_what_is_no_z_is_not_taken(position, z):
    position.receive_commit({"number": 5, "zs": [z], "row": None}, codes)
    position.receive_preview({"number": 6, "zs": [z]})
    position.receive_commit({"number": 7, "zs": [z], "row": 2}, codes)
    assert position.zs[0] == [0.0, 0.0] and position.preview is None
