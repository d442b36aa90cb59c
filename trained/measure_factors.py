"""Measure how codes separate the known factors of their images, in trainings of three seeds; write MIG and
SAP to factors.csv, and print the table in README.md.

From the repository's root: `python -m trained.measure_factors`, and `--table` for the table alone. The
included runs are those of seed 0; the others are kept where EXPLORER_RUNS says. The figures of a run are
written when it is measured, so that a command that was interrupted continues.
"""

import sys

from explorer.latent.disentanglement import measure_separation
from explorer.store.embedding import read_embedding
from explorer.store.run import Run
from explorer.store.separations import TrainingSeparation, read_separations, write_separations
from trained.seeds import SEEDS, train_with_seed

RUNS = ("faces-ae-2d", "faces-vae-2d", "faces-vae-12d", "moons-ae-2d", "moons-vae-2d")
HEAD = ("settings of", "seeds", "codes", "MIG", "SAP")


def measure(name: str, run: Run) -> TrainingSeparation:
    """Return MIG and SAP of a run that has the settings of the included run of that name."""
    e = read_embedding(run)
    s = measure_separation(e.mu, e.factors)
    return TrainingSeparation(name, run.spec.seed, s.mig.n, round(s.mig.value, 4), round(s.sap.value, 4))


def separations_table(rows: list[TrainingSeparation]) -> str:
    """Return the figures as a table in Markdown: means over seeds, lowest and highest."""
    lines = [f"| {' | '.join(HEAD)} |\n|{'-|' * len(HEAD)}"]
    for name in RUNS:
        if of_run := [row for row in rows if row.run == name]:
            values = [row.mig for row in of_run], [row.sap for row in of_run]
            cells = (f"{sum(v) / len(v):.2f} ({min(v):.2f} to {max(v):.2f})" for v in values)
            lines.append(f"| `{name}` | {len(of_run)} | {of_run[0].n:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    measured = {(row.run, row.seed): row for row in read_separations()}
    for seed in SEEDS if "--table" not in arguments else ():
        for name in RUNS:
            if (name, seed) not in measured:
                measured[name, seed] = row = measure(name, train_with_seed(name, seed))
                write_separations(list(measured.values()))
                print(f"{name}, seed {seed}: MIG {row.mig:.2f}, SAP {row.sap:.2f}", flush=True)
    print(separations_table(list(measured.values())))


if __name__ == "__main__":
    main(sys.argv[1:])
