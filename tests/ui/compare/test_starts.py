"""What Compare says of VAEs with different starts follows from the figures in starts.csv."""

from dataclasses import replace

import pytest

from explorer.store.catalogue import find_run
from explorer.store.starts import COLD, LADDER, STARTS, WARM_UP, StartFigures, read_starts
from explorer.ui.compare.starts import measured_starts, starts_caption, starts_note, starts_table

FIRST = StartFigures("mnist", 16, "mlp", 128, LADDER, 1.0, 0, 50, 80.0, 20.0, 16, 0.14, 0.15, 5000)


def starts(**losses):
    """Return three seeds of each start; losses: the distortion and the active units of each seed."""
    return {
        start: [
            replace(FIRST, start=start, seed=seed, distortion=distortion, active_units=units, gap=units / 100)
            for seed, (distortion, units) in enumerate(losses[start.replace("-", "_")])
        ]
        for start in STARTS
    }


CLEAR = starts(
    ladder=[(80.0, 16), (80.5, 16), (80.2, 15)],
    cold=[(83.0, 10), (82.9, 11), (83.3, 9)],
    warm_up=[(81.4, 16), (81.0, 16), (81.2, 16)],
)


def test_the_best_optimum_is_named_where_every_seed_agrees():
    note = starts_note(CLEAR)
    assert "the best optimum, is that of the ladder" in note and "than a cold start" not in note
    assert "loses active units" in note and "its gap is larger" in note


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_one_seed_that_disagrees_with_a_cold_start_takes_the_conclusion_away(seed):
    figures = CLEAR | {COLD: list(CLEAR[COLD])}
    figures[COLD][seed] = replace(figures[COLD][seed], distortion=80.4)
    note = starts_note(figures)
    assert "do not clearly differ" in note and "optimum" not in note


def test_one_seed_of_the_warm_up_that_disagrees_leaves_the_cold_start():
    figures = CLEAR | {WARM_UP: [*CLEAR[WARM_UP][:2], replace(CLEAR[WARM_UP][2], distortion=80.1)]}
    note = starts_note(figures)
    assert "a better optimum than a cold start" in note and "best" not in note


def test_the_warm_up_is_named_where_it_is_the_best():
    figures = CLEAR | {WARM_UP: [replace(row, distortion=79.0) for row in CLEAR[WARM_UP]]}
    note = starts_note(figures)
    assert "a better optimum than a cold start" in note and "that of the KL warm-up" in note


def test_nothing_is_said_of_units_that_are_not_lost():
    figures = CLEAR | {COLD: [replace(row, active_units=16, gap=0.1) for row in CLEAR[COLD]]}
    assert "loses" not in starts_note(figures) and "gap" not in starts_note(figures)


def test_a_smaller_gap_of_the_ladder_is_no_price():
    figures = CLEAR | {LADDER: [replace(row, gap=0.05) for row in CLEAR[LADDER]]}
    assert "loses active units" in starts_note(figures) and "price" not in starts_note(figures)


def test_the_table_has_means_and_the_spread_over_seeds():
    table = starts_table(CLEAR).splitlines()
    assert len(table) == 2 + 3
    cells = table[2].strip("|").split("|")
    assert cells == [
        "ladder (warm start)",
        "80.2 (80.0 to 80.5)",
        "20.0 (20.0 to 20.0)",
        "100.2 (100.0 to 100.5)",
        "15 to 16",
        "16% (15 to 16%)",
        "15% (15 to 15%)",
    ]


def test_nothing_follows_from_one_seed():
    one = {start: rows[:1] for start, rows in CLEAR.items()}
    assert starts_note(one) == "" and starts_caption(one).startswith("One training each")
    assert "|100.0|16|16%|15%|" in starts_table(one)
    assert starts_caption(CLEAR).startswith("Means of 3 trainings each (lowest to highest)")


def test_a_start_that_was_not_measured_leaves_out_the_table(runs_folder, monkeypatch):
    rows = [row for figures in CLEAR.values() for row in figures]
    monkeypatch.setattr("explorer.ui.compare.starts.read_starts", lambda *_: rows)
    assert measured_starts(find_run("tiny-ladder")) == CLEAR
    rows[:] = [row for row in rows if row.start != COLD] + [replace(row, beta=4.0) for row in CLEAR[COLD]]
    assert measured_starts(find_run("tiny-ladder")) == {}


def test_nothing_is_measured_for_other_images_or_dimensions():
    assert read_starts("digits", 16) == [] == read_starts("mnist", 2)
    assert read_starts("mnist", 16)


def test_a_cold_start_that_is_better_with_every_seed_is_named():
    figures = CLEAR | {COLD: [replace(row, distortion=79.0, rate=20.0) for row in CLEAR[COLD]]}
    note = starts_note(figures)
    assert "of the cold start" in note and "do not clearly differ" not in note
    figures |= {WARM_UP: [replace(row, distortion=79.0, rate=20.0) for row in CLEAR[WARM_UP]]}
    assert "a cold start finds a better optimum than the ladder" in starts_note(figures)
