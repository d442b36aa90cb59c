"""Measure samples of mixtures of an AE's codes and of the priors of two VAEs, which the lesson on closing the
gap compares, in trainings of three seeds; write the figures to densities.csv, and print the table in
README.md.

From the repository's root: `python -m trained.measure_densities`, and `--table` for the table alone. The
data of MNIST must be on this machine, and the included runs are those of seed 0. The others are kept where
EXPLORER_RUNS says. The figures of a run are written when it is measured, so that a command that was
interrupted continues.
"""

import csv
import sys
from collections.abc import Iterator

from explorer.cli.density_table import HEADINGS, row_of
from explorer.latent.share import format_percent
from explorer.lessons.closing_gap.lesson import SAMPLES, VAE, WIDE_VAE
from explorer.registry import DENSITIES
from explorer.runs.load import load_model
from explorer.runs.measure_densities import REAL_IMAGES, measure_densities
from explorer.store.atomic import write_atomically
from explorer.store.catalogue import SHIPPED_FOLDER
from trained.seeds import SEEDS, train_with_seed

FILE = SHIPPED_FOLDER / "densities.csv"
PRIOR = "prior"
MIXTURES = ("mixture-5", "mixture-10", "mixture-50")  # the lesson's task has an answer among the first two
SHOWN = ("gap", "reverse_gap", "unsure", "pixel_coverage", "feature_coverage")
COLUMNS = ("run", "seed", "density", *HEADINGS)


def read_rows() -> list[dict[str, str]]:
    """Return what was measured: a value of each of COLUMNS for each run, seed and density."""
    if not FILE.exists():
        return []
    with FILE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def measure(name: str, seed: int) -> Iterator[dict[str, str]]:
    """Yield the figures of MIXTURES of an AE, or of the prior of a VAE, which is that at KL weight 1."""
    loaded = load_model(train_with_seed(name, seed))
    for measured in measure_densities(loaded, [PRIOR] if loaded.run.spec.has_prior else MIXTURES):
        if measured.name != REAL_IMAGES:
            figures = {
                column: f"{value:.4f}" for column, value in row_of(measured).items() if column in HEADINGS
            }
            yield {"run": name, "seed": str(seed), "density": measured.name, **figures}


def densities_table(rows: list[dict[str, str]]) -> str:
    """Return the figures as a table in Markdown: means over seeds, lowest and highest."""
    head = "samples from", "seeds", *(HEADINGS[name] for name in SHOWN)
    lines = [f"| {' | '.join(head)} |\n|{'-|' * len(head)}"]
    for name in (SAMPLES, VAE, WIDE_VAE):
        for density in dict.fromkeys(row["density"] for row in rows if row["run"] == name):
            of_density = [row for row in rows if (row["run"], row["density"]) == (name, density)]
            values = ([float(row[column]) for row in of_density] for column in SHOWN)
            cells = (
                format_percent(sum(v) / len(v), min(v), max(v)) if len(v) > 1 else f"{v[0]:.0%}"
                for v in values
            )
            label = DENSITIES[density].label
            lines.append(
                f"| `{name}`, {label[0].lower()}{label[1:]} | {len(of_density)} | {' | '.join(cells)} |"
            )
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    rows = read_rows()
    for seed in SEEDS if "--table" not in arguments else ():
        for name in (VAE, WIDE_VAE, SAMPLES):
            if any((row["run"], row["seed"]) == (name, str(seed)) for row in rows):
                continue
            for row in (measured := list(measure(name, seed))):
                print(*(f"{column} {value}" for column, value in row.items()), flush=True)
            rows += measured
            lines = [COLUMNS, *([row[column] for column in COLUMNS] for row in rows)]
            write_atomically(FILE, "".join(f"{','.join(line)}\n" for line in lines).encode())
    print(densities_table(rows))


if __name__ == "__main__":
    main(sys.argv[1:])
