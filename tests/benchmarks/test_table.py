"""What a table says was reached."""

import pytest

from tests.benchmarks.table import Row


@pytest.mark.parametrize(
    ("goal", "reached"), [("<= 10", False), ("<= 12", True), (">= 4", True), (">= 5", False), (None, None)]
)
def test_a_limit_is_for_the_figure_itself_and_a_factor_for_the_ratio(goal, reached):
    row = Row(
        "app",
        "a click",
        "ms",
        (11.0, 12.0, 11.5),
        "another app",
        (47.0, 48.0, 47.5),
        less_is_better=True,
        asked=goal,
    )
    assert row.is_reached is reached


def test_without_a_baseline_both_are_for_the_figure():
    assert Row("pad", "images a second", "/s", (60.0,), asked=">= 55").is_reached
