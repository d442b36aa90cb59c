"""The measured accuracies of classifiers on few labels: `accuracies.csv` beside this file, which `python -m
explorer.lessons.features.measure` writes.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.store.atomic import write_atomically

ACCURACIES_FILE = Path(__file__).with_name("accuracies.csv")
COLUMNS = ("dataset", "model", "features", "labels", "pool", "test", "accuracies")


@dataclass(frozen=True)
class Accuracies:
    """The accuracies [seeds] on n_test test images of one way to use `labels` labels per class, chosen from
    n_pool training images of a data set; seeds of the same number have the same labelled images. model: the
    hash of the run's weights.
    """

    dataset: str
    model: str
    features: str
    labels: int
    n_pool: int
    n_test: int
    values: np.ndarray


def write_accuracies(rows: list[Accuracies], file: Path = ACCURACIES_FILE) -> None:
    """Write accuracies as counts of the test images that are classified correctly."""
    lines = [
        (
            *(r.dataset, r.model, r.features.replace(",", ";"), r.labels, r.n_pool, r.n_test),
            " ".join(str(round(value * r.n_test)) for value in r.values),
        )
        for r in rows
    ]
    text = "".join(f"{','.join(map(str, line))}\n" for line in (COLUMNS, *lines))
    write_atomically(file, text.encode())


def read_accuracies(model: str | None = None, file: Path = ACCURACIES_FILE) -> list[Accuracies]:
    """Return what was measured, of the run with these weights only if they are given."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Accuracies(
                *(row["dataset"], row["model"], row["features"].replace(";", ",")),
                *(int(row[name]) for name in ("labels", "pool", "test")),
                np.array([int(count) for count in row["accuracies"].split()]) / int(row["test"]),
            )
            for row in csv.DictReader(lines)
            if model in (None, row["model"])
        ]
