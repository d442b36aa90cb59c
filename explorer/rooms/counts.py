"""What is shown of the answers: counts, never who gave them."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from explorer.rooms.room import Answer, Room, Round

BINS = 25  # of a map, along each axis


def count_answers(round: Round, answers: Sequence[Answer]) -> dict[str, Any]:
    """Return {"n": the number of answers} and what they are: of a choice "counts", of each option; of a point
    "cells" [row × column], from the lower left, and "bounds" [x0, y0, x1, y1] of the map.
    """
    result: dict[str, Any] = {"n": len(answers)}
    if round.kind == "choice":
        counter = Counter(answer for answer in answers if isinstance(answer, int))
        result["counts"] = [counter[option] for option in range(1, round.n_options + 1)]
    elif round.kind == "point":
        x, y = round.axes
        cells = [0] * BINS**2
        for point in answers:
            if isinstance(point, list):
                column, row = (
                    min(int((v - axis.low) / (axis.high - axis.low) * BINS), BINS - 1)
                    for v, axis in zip(point, (x, y))
                )
                cells[row * BINS + column] += 1
        result |= {"cells": cells, "bins": BINS, "bounds": [x.low, y.low, x.high, y.high]}
    return result


def answers_csv(
    room: Room,
    answers_of: Callable[[Room, int], Sequence[Answer]],
    option_texts: Callable[[Round], Sequence[str]],
) -> str:
    """Return all questions of a room with their counts; of points, each with its coordinates."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["question", "opened", "lesson", "kind", "text", "option", "right", "x", "y", "count"])
    for number, round in enumerate(room.rounds, 1):
        opened = datetime.fromtimestamp(round.opened, UTC).isoformat(timespec="seconds")
        head = [number, opened, round.lesson, round.kind, _as_text(round.text)]
        result = count_answers(round, answers := answers_of(room, number))
        if round.kind == "choice":
            for option, (text, count) in enumerate(zip(option_texts(round), result["counts"]), 1):
                right = int(option == round.right) if round.right else ""
                writer.writerow([*head, _as_text(text), right, "", "", count])
        elif round.kind == "point":
            for point in sorted(point for point in answers if isinstance(point, list)):
                writer.writerow([*head, "", "", *(f"{value:.6g}" for value in point), 1])
        else:
            writer.writerow([*head, "solved", "", "", "", result["n"]])
    return file.getvalue()


def _as_text(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
