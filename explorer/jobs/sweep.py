"""Train every combination of KL weights, latent dimensions and seeds through the queue."""

import itertools
import time
from collections.abc import Callable
from dataclasses import replace

from explorer.errors import UserError
from explorer.jobs import create_executor
from explorer.jobs.queue import find_job, list_jobs, request_stop
from explorer.latent.disentanglement import measure_separation
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run, folder_for_run
from explorer.store.checkpoint import has_checkpoint
from explorer.store.embedding import read_embedding
from explorer.store.run import RECORD_FILE, Run

POLL_INTERVAL_SECONDS = 0.5  # seconds
MAX_SWEEP_TRAININGS = 200
COLUMNS = ("run", "latent_dim", "beta", "seed", "distortion", "rate", "elbo", "active_units")
FACTOR_COLUMNS = ("mig", "sap")  # where the factors of the images are known
DECIMAL_COLUMNS = ("distortion", "rate", "elbo", *FACTOR_COLUMNS)


def combinations(
    make_spec: Callable[[int, float], RunSpec], betas: list[float], latent_dims: list[int], seeds: list[int]
) -> list[RunSpec]:
    """Return the specs, without repetition. make_spec(latent_dim, beta): returns one. Raises UserError for a
    ladder, which has many KL weights itself, and for more than MAX_SWEEP_TRAININGS.
    """
    pairs = [make_spec(*pair) for pair in itertools.product(latent_dims, betas)]
    if any(spec.rungs for spec in pairs):
        raise UserError(
            "A ladder already has many KL weights in one training. Use --model vae for a sweep, or `train`"
            " for a ladder."
        )
    specs = list(dict.fromkeys(replace(spec, seed=s) for spec in pairs for s in seeds))
    if len(specs) > MAX_SWEEP_TRAININGS:
        raise UserError(
            f"This sweep has {len(specs)} trainings, and the limit is {MAX_SWEEP_TRAININGS}. Choose fewer"
            " combinations."
        )
    return specs


def run_sweep(
    specs: list[RunSpec], on_progress: Callable[[int, str], None], stop: Callable[[], bool] = lambda: False
) -> list[dict]:
    """Start what is not trained yet, wait for all, and return a row for each: COLUMNS, FACTOR_COLUMNS where
    factors are known, and "fault", a sentence or None. Active units are defined for VAEs only: for other
    models they are None.

    When stop() is true, the trainings that this sweep has started are stopped, and others are not waited for.
    """
    executor = create_executor()
    spec_by_run = {spec.run_id: spec for spec in specs}
    waiting, started, reported = [run for run in spec_by_run if not _is_done(run)], set(), None
    while True:
        alive = {job.run for job in list_jobs() if job.alive and job.run in spec_by_run}
        if stopping := stop():
            waiting, alive = [], alive & started
            for run in alive:
                request_stop(run)
        while waiting and len(alive) < executor.max_queued:
            run = waiting.pop(0)
            if executor.start(run, spec_by_run[run]):
                started.add(run)
            alive.add(run)
        if not alive:
            return [_result_row(run, spec) for run, spec in spec_by_run.items()]
        now = (
            sum(map(_is_done, spec_by_run)),
            f"{'stopping' if stopping else 'training'} {next(run for run in spec_by_run if run in alive)}",
        )
        if now != reported:
            on_progress(*(reported := now))
        time.sleep(POLL_INTERVAL_SECONDS)


def _is_done(run: str) -> bool:
    return (folder_for_run(run) / RECORD_FILE).exists() and not has_checkpoint(folder_for_run(run))


def _result_row(run: str, spec: RunSpec) -> dict:
    row = {"run": run, "latent_dim": spec.latent_dim, "beta": spec.beta, "seed": spec.seed}
    try:
        trained = find_run(run)
        figures = {name: getattr(trained.test, name) for name in COLUMNS[4:]}
        figures |= {} if spec.has_prior else {"active_units": None}
        return row | figures | _separation(trained) | {"fault": trained.note}
    except UserError as error:
        job = find_job(run)
        reason = str(error) if folder_for_run(run).exists() else "It was not trained. Run the sweep again."
        return row | dict.fromkeys(COLUMNS[4:]) | {"fault": job.fault if job and job.fault else reason}


def _separation(run: Run) -> dict[str, float]:
    """Return MIG and SAP of a run; nothing where they are not defined."""
    e = read_embedding(run)
    try:
        separation = measure_separation(e.mu, e.factors)
    except UserError:  # no known factors, one dimension, or too few images
        return {}
    return {name: getattr(separation, name).value for name in FACTOR_COLUMNS}


def format_table(rows: list[dict]) -> str:
    """Return the rows as an aligned table; a run that is not complete has the reason at the end of its
    line.
    """

    def cell(name: str, value) -> str:
        return "–" if value is None else f"{value:.2f}" if name in DECIMAL_COLUMNS else str(value)

    columns = [*COLUMNS, *(name for name in FACTOR_COLUMNS if any(name in row for row in rows))]
    cells = [columns, *([cell(name, row.get(name)) for name in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = (
        [line[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(line[1:], widths[1:]))]
        for line in cells
    )
    return "\n".join(
        "  ".join([*line, fault or ""]).rstrip()
        for line, fault in zip(lines, [None, *(row["fault"] for row in rows)])
    )
