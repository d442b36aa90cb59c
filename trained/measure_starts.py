"""Train VAEs of sixteen dimensions from three starts, and write what was measured of them to starts.csv.

From the repository's root: `python -m trained.measure_starts [DATASET…]`. The image data must be on this
machine, and the included ladders are those of seed 0. The other runs are kept where EXPLORER_RUNS says, and
each figure is written when it is measured, so that a command that was interrupted continues. All of them take
about an hour on two cores.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

from explorer.errors import UserError
from explorer.latent.gap_map import build_gap_map
from explorer.runs.save import frame_gaps
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.run import Run, read_run
from explorer.store.starts import COLD, LADDER, STARTS, WARM_UP, StartFigures, read_starts, write_starts

DATASETS = ("mnist", "fashion-mnist")
LATENT_DIM = 16
SEEDS = (0, 1, 2)  # at KL weight 1; at the other KL weights the first one


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


def measure(shipped: Run) -> Iterator[StartFigures]:
    """Yield the figures of a ladder and of the VAEs beside it, of KL weight 1 first."""
    rungs = shipped.spec.rungs
    to_one = ",".join(f"{beta:g}" for beta in rungs if beta <= 1)
    for seed in SEEDS:
        ladder = shipped if seed == 0 else train_run(replace(shipped.spec, betas=to_one, seed=seed))
        yield row(ladder, LADDER, 1.0)
        for start in (COLD, WARM_UP):
            yield row(train_run(single_spec(ladder.spec, 1.0, start)), start, 1.0)
    for beta in rungs:
        if beta != 1:
            yield row(shipped, LADDER, beta)
        if beta not in (1, rungs[0]):  # the first rung is itself a cold start
            for start in (COLD, WARM_UP):
                yield row(train_run(single_spec(shipped.spec, beta, start)), start, beta)


def key(row: StartFigures) -> tuple:
    return DATASETS.index(row.dataset), row.beta, row.seed, STARTS.index(row.start)


def main(datasets: list[str]) -> None:
    if unknown := set(datasets) - set(DATASETS):
        raise UserError(
            f"There is no ladder of {' and '.join(sorted(unknown))}: choose {', '.join(DATASETS)}."
        )
    figures = {key(row): row for dataset in DATASETS for row in read_starts(dataset, LATENT_DIM)}
    for dataset in datasets or DATASETS:
        for measured in measure(read_run(SHIPPED_FOLDER / f"{dataset}-ladder-16d")):
            figures[key(measured)] = measured
            write_starts(sorted(figures.values(), key=key))
            print(
                f"{dataset}, β {measured.beta:g}, {measured.start}, seed {measured.seed}:"
                f" D {measured.distortion:.1f}, R {measured.rate:.1f}, D + β·R {measured.loss:.1f},"
                f" {measured.active_units} active units, gap {measured.gap:.1%},"
                f" prior gap {measured.prior_gap:.1%}",
                flush=True,
            )


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(str(error))
