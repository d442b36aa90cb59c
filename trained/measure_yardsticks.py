"""Measure the yardsticks of the included runs that have none, and print the table in README.md.

From the repository's root: `python -m trained.measure_yardsticks`. The image data of the runs to measure must
be on this machine.
"""

from explorer.data import load_dataset as load_data
from explorer.data.dataset import Dataset
from explorer.runs.quality import keep_quality
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import Run, read_run

HEAD = ("run", "error", "PCA", "components", "difference (95%)")


def yardstick_table(runs: list[Run]) -> str:
    """Return the table in Markdown, with errors in thousandths."""
    rows = [f"| {' | '.join(_cells(run))} |" for run in runs if run.yardstick]
    return "\n".join([f"| {' | '.join(HEAD)} |\n|{'-|' * len(HEAD)}", *rows])


def _cells(run: Run) -> list[str]:
    y = run.yardstick
    low, high = (f"{1000 * end:+.2f}".replace("-", "−") for end in (y.difference_low, y.difference_high))
    worse = ", worse" if y.is_worse else ""
    name = f"`{run.name}`" + " at β = 1" * bool(run.spec.rungs)
    return [
        name,
        f"{1000 * y.mse:.2f}",
        f"{1000 * y.pca_mse:.2f}",
        str(y.n_components),
        f"{low} to {high}{worse}",
    ]


def measure(runs: list[Run]) -> list[Run]:
    """Return the runs with their yardsticks, those that were missing measured and kept."""
    images: dict[str, Dataset] = {}
    measured = []
    for run in runs:
        if not run.yardstick:
            if run.spec.dataset not in images:
                images = {run.spec.dataset: load_data(run.spec.dataset)}
            run = keep_quality(run, images[run.spec.dataset])
        measured.append(run)
    return measured


if __name__ == "__main__":
    names = (SHIPPED_FOLDER / "shipped.txt").read_text(encoding="utf-8").split()
    print(yardstick_table(measure([read_run(SHIPPED_FOLDER / name) for name in names])))
