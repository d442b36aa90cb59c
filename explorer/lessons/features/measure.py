"""Measure the accuracies of classifiers on few labels, and write them to accuracies.csv.

From the repository's root: `python -m explorer.lessons.features.measure [DATASET…]`. The image data must be
on this machine. It takes about ten minutes on one core, and writes each data set when it is measured.
"""

import sys
from collections.abc import Iterator

from explorer.errors import UserError
from explorer.lessons.features.accuracies import (
    ACCURACIES_FILE,
    Accuracies,
    read_accuracies,
    write_accuracies,
)
from explorer.lessons.features.compute import (
    change_pca,
    fine_tuning_accuracies,
    gather_images,
    probe_accuracies,
)
from explorer.lessons.features.lesson import RUNS
from explorer.runs.load import load_run
from explorer.store.embedding import read_embedding
from explorer.store.run import MODEL_FILE


def measure(dataset: str) -> Iterator[Accuracies]:
    """Yield the accuracies of each kind of features at each number of labels."""
    loaded = load_run(RUNS[dataset])
    data = gather_images(loaded, read_embedding(loaded.run))
    changed = change_pca(data, loaded.run.test.active_units)
    model, n_test = loaded.run.files[MODEL_FILE]["sha256"], len(data.y) - data.n_pool
    for labels in data.counts:
        measured = probe_accuracies(data, [labels]) | fine_tuning_accuracies(data, loaded, [labels])
        if labels == 1:
            measured |= probe_accuracies(changed, [labels])
        for features, [values] in measured.items():
            yield Accuracies(dataset, model, features, labels, data.n_pool, n_test, values)


def main(datasets: list[str]) -> None:
    if unknown := set(datasets) - set(RUNS):
        raise UserError(f"There is no lesson on {' and '.join(sorted(unknown))}: choose {', '.join(RUNS)}.")
    for dataset in datasets or RUNS:
        rows = []
        for row in measure(dataset):
            rows.append(row)
            print(
                f"{dataset}, {row.features}, {row.labels} labels per class: {row.values.mean():.1%}",
                flush=True,
            )
        others = (
            [row for row in read_accuracies() if row.dataset != dataset] if ACCURACIES_FILE.exists() else []
        )
        write_accuracies(sorted([*others, *rows], key=lambda row: list(RUNS).index(row.dataset)))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(str(error))
