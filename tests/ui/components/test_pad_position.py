"""Messages may come late, together or without a z; z is the latest good one."""

import numpy as np
import pytest

from explorer.ui.components.pad_position import PadPosition

MU = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)


def codes(side, film_position):
    return (1 + 10 * side) * (MU if film_position is None else film_position * MU)


def message(number: int, values: dict, row=None) -> dict:
    return {"number": number, "values": values, "row": row}


@pytest.fixture
def position():
    return PadPosition([[0.0, 0.0]], 0)


def test_a_commit_moves_z_and_a_chosen_row_is_its_code(position):
    position.receive_commit(message(5, {"z": [1, -1]}), codes)
    assert (position.zs[0], position.row, position.last_message) == ([1.0, -1.0], None, 5)
    position.receive_commit(message(6, {"z": [9, 9]}, row=1), codes)
    assert (position.zs[0], position.row, position.last_message) == ([3.0, 4.0], 1, 6)


@pytest.mark.parametrize("first", ["commit", "preview"])
def test_a_preview_delivered_together_with_the_commit_before_it_is_decoded(position, first):
    messages = {
        "commit": lambda: position.receive_commit(message(5, {"z": [1, 1]}), codes),
        "preview": lambda: position.receive_preview(message(6, {"z": [2, 2]})),
    }
    messages.pop(first)()
    next(iter(messages.values()))()
    assert (position.zs[0], position.preview, position.last_message) == ([1.0, 1.0], {"z": [2, 2]}, 6)


def test_a_commit_ends_a_preview(position):
    position.receive_preview(message(5, {"z": [2, 2]}))
    assert position.zs[0] == [0.0, 0.0] and position.preview == {"z": [2, 2]}
    position.receive_commit(message(6, {"z": [3, 3]}), codes)
    assert position.zs[0] == [3.0, 3.0] and position.preview is None


def test_a_row_is_chosen_where_the_film_is(position):
    position.receive_commit(message(5, {"z": [0, 0], "beta": 10.0}, row=1), codes)
    assert position.zs[0] == [30.0, 40.0] and position.film_position == 10
    position.receive_commit(message(6, {"z": [0, 0]}), codes)
    assert position.film_position == 10


def test_two_runs_move_together_and_the_path_starts_where_it_was_put():
    position = PadPosition([[0.0, 0.0], [0.0, 0.0]], None)
    values = {"ae_z": [1.0, 2.0], "z": [3.0, 4.0], "beta": None, "from": [0.5, 0.0]}
    position.receive_commit(message(5, values), codes)
    assert position.values == values
    position.receive_commit(message(6, {"ae_z": [9.0, 9.0], "z": [5.0, 6.0]}, row=0) | {"side": 1}, codes)
    assert position.zs == [[9.0, 9.0], [11.0, 22.0]] and position.walk_start == [0.5, 0.0]
    position.receive_commit(message(7, values | {"to_image": 4}), codes)
    assert position.walk_rows == (None, 4) and position.values == values | {"to_image": 4}
    position.receive_commit(message(8, values), codes)
    assert position.walk_rows == (None, None)


def test_values_without_a_z_move_nothing(position):
    position.receive_commit(message(5, {}), codes)
    position.receive_preview(message(6, {}))
    position.receive_commit(message(7, {}, row=2), codes)
    position.receive_commit(message(8, {"z": [1.0, 1.0]}, row="1") | {"side": "x"}, codes)
    assert position.zs[0] == [1.0, 1.0] and position.preview is None
