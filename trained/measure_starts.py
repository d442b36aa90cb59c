"""Train VAEs of sixteen dimensions from three starts, write what was measured of them to starts.csv, and
print the tables in README.md.

From the repository's root: `python -m trained.measure_starts [DATASET…]`, and `--table` for the
tables alone. The image data must be on this machine, and the included ladders are those of seed 0.
The other runs are stored where EXPLORER_RUNS says, and each figure is written when it is measured:
a command that was interrupted continues, and trains nothing again that starts.csv has. All of them
are 14,000 epochs, of 0.7 s on one core.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from explorer.errors import UserError
from explorer.latent.gap_map import build_gap_map
from explorer.latent.share import format_percent
from explorer.runs.save import frame_gaps
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.run import Run, read_run
from explorer.store.starts import COLD, LADDER, STARTS, WARM_UP, StartFigures, read_starts, write_starts
from trained.seeds import SEEDS

DATASETS = ("mnist", "fashion-mnist")
LATENT_DIM = 16
HEAD = (
    "β",
    "start",
    "seeds",
    "epochs",
    "distortion + β·rate",
    "above the best separate",
    "active units",
    "gap",
)


def epochs_up_to(ladder: RunSpec, beta: float) -> int:
    return sum(epochs for rung, epochs in ladder.stages if rung <= beta)


def single_spec(ladder: RunSpec, beta: float, start: str) -> RunSpec:
    """Return the settings of one VAE that is trained for as long as the ladder up to beta."""
    epochs = epochs_up_to(ladder, beta)
    spec = ladder.to_dict() | {"model": "vae", "beta": beta, "betas": None, "rung_epochs": None}
    return RunSpec.from_dict(
        spec | {"epochs": epochs, "beta_warmup": epochs / 2 if start == WARM_UP else 0.0}
    )


def row(run: Run, start: str, beta: float) -> StartFigures:
    """Return the figures of a run at a KL weight."""
    spec = run.spec
    if run.film:
        frame = next(frame for frame in run.film if frame.beta == beta)
        measured, gaps = frame, {name: getattr(frame, name) for name in ("gap", "prior_gap", "gap_codes")}
    else:
        e = read_embedding(run)
        measured, gaps = run.test, frame_gaps(build_gap_map(e.mu, e.logvar))
    settings = spec.dataset, spec.latent_dim, spec.network, spec.width, start, beta, spec.seed
    return StartFigures(
        *settings,
        epochs_up_to(spec, beta),
        round(measured.distortion, 3),
        round(measured.rate, 3),
        measured.active_units,
        round(gaps["gap"], 4),
        round(gaps["prior_gap"], 4),
        gaps["gap_codes"],
    )


def measure(shipped: Run, seed: int, known: set[tuple]) -> Iterator[StartFigures]:
    """Yield the figures, other than the known ones, of a ladder and of the VAEs beside it."""
    spec = replace(shipped.spec, seed=seed)

    def missing(start: str, betas: Sequence[float]) -> list[float]:
        return [beta for beta in betas if identity(spec, start, beta) not in known]

    if betas := missing(LADDER, spec.rungs):
        ladder = shipped if spec == shipped.spec else train_run(spec)
        for beta in betas:
            yield row(ladder, LADDER, beta)
    for beta, start in product(spec.rungs[1:], (WARM_UP, COLD)):  # the first rung is itself a cold start
        if missing(start, [beta]):
            yield row(train_run(single_spec(spec, beta, start)), start, beta)


def identity(spec: RunSpec, start: str, beta: float) -> tuple:
    """Return what tells a row of a ladder's settings apart from the others, and from one of other epochs."""
    return spec.dataset, spec.seed, start, beta, epochs_up_to(spec, beta)


def key(row: StartFigures) -> tuple:
    return DATASETS.index(row.dataset), row.beta, row.seed, STARTS.index(row.start)


def starts_table(figures: list[StartFigures]) -> str:
    """Return the figures of a data set as a table in Markdown: means over seeds, lowest and highest."""
    lines = [f"| {' | '.join(HEAD)} |\n|{'-|' * len(HEAD)}"]
    for beta in sorted({row.beta for row in figures}):
        excess = ladder_excess(figures, beta)
        for start in STARTS:
            if rows := [row for row in figures if (row.beta, row.start) == (beta, start)]:
                less = f"{excess:+.1f}".replace("-", "−") if start == LADDER and excess is not None else ""
                cells = f"{beta:g}", start, str(len(rows)), str(rows[0].epochs), *_cells(rows, less)
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def ladder_excess(figures: list[StartFigures], beta: float) -> float | None:
    """Return the mean D + β·R of the ladders at a KL weight, less that of the better of the other two starts,
    in nats, of trainings of the same seeds that are as long; None where there is none.
    """
    excess: dict[str, list[float]] = {COLD: [], WARM_UP: []}
    ladders = {(row.seed, row.epochs): row for row in figures if (row.beta, row.start) == (beta, LADDER)}
    for row in figures:
        if row.beta == beta and row.start in excess and (row.seed, row.epochs) in ladders:
            excess[row.start].append(ladders[row.seed, row.epochs].loss - row.loss)
    return max((sum(values) / len(values) for values in excess.values() if values), default=None)


def _cells(rows: list[StartFigures], less: str) -> list[str]:
    """Return the cells from the loss on: the loss, what it is more than the best separate, units and gap."""
    losses, gaps, units = ([getattr(row, name) for row in rows] for name in ("loss", "gap", "active_units"))
    loss, gap = f"{sum(losses) / len(rows):.1f}", f"{sum(gaps) / len(rows):.0%}"
    if len(rows) > 1:
        loss += f" ({min(losses):.1f} to {max(losses):.1f})"
        gap = format_percent(sum(gaps) / len(rows), min(gaps), max(gaps))
    counts = f"{min(units)} to {max(units)}" if min(units) < max(units) else str(units[0])
    return [loss, less, counts, gap]


def main(arguments: list[str]) -> None:
    datasets = [name for name in arguments if name != "--table"] or list(DATASETS)
    if unknown := set(datasets) - set(DATASETS):
        raise UserError(
            f"There is no ladder of {' and '.join(sorted(unknown))}: choose {', '.join(DATASETS)}."
        )
    figures = {key(row): row for dataset in DATASETS for row in read_starts(dataset, LATENT_DIM)}
    known = {(row.dataset, row.seed, row.start, row.beta, row.epochs) for row in figures.values()}
    for seed, dataset in product(SEEDS, datasets) if "--table" not in arguments else ():
        for measured in measure(read_run(SHIPPED_FOLDER / f"{dataset}-ladder-16d"), seed, known):
            figures[key(measured)] = measured
            write_starts(sorted(figures.values(), key=key))
            print(
                f"{dataset}, β {measured.beta:g}, {measured.start}, seed {measured.seed}:"
                f" D {measured.distortion:.1f}, R {measured.rate:.1f}, D + β·R {measured.loss:.1f},"
                f" {measured.active_units} active units, gap {measured.gap:.1%},"
                f" prior gap {measured.prior_gap:.1%}",
                flush=True,
            )
    for dataset in datasets:
        print(f"\n{dataset}\n\n{starts_table(read_starts(dataset, LATENT_DIM))}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(str(error))
