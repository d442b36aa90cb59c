"""Many trainings as one: every combination of KL weights, latent dimensions and seeds, through the queue."""

import itertools
import time
from collections.abc import Callable
from dataclasses import replace

from explorer.errors import UserError
from explorer.jobs import executor
from explorer.jobs.queue import job_of
from explorer.specs import RunSpec
from explorer.store.catalogue import find, place_for
from explorer.store.checkpoint import can_go_on
from explorer.store.run import RECORD

LOOK_EVERY = 0.5  # seconds
MOST = 200
COLUMNS = ("run", "latent_dim", "beta", "seed", "distortion", "rate", "elbo", "active_units")


def combinations(spec: RunSpec, betas: list[float], latent_dims: list[int], seeds: list[int]) -> list[RunSpec]:
    """Without repetition. Raises UserError for a ladder, which has many KL weights itself, and for more than 200."""
    if spec.model == "ladder":
        raise UserError("A ladder is many KL weights in one training already. Sweep over vae, or train the ladder.")
    found = [replace(spec, beta=b, latent_dim=d, seed=s) for d, b, s in itertools.product(latent_dims, betas, seeds)]
    found = list(dict.fromkeys(found))
    if len(found) > MOST:
        raise UserError(f"That would be {len(found)} trainings; {MOST} at a time are the most. Sweep over fewer.")
    return found


def follow(specs: list[RunSpec], say: Callable[[int, str], None]) -> list[dict]:
    """Starts what is not trained yet, waits for all, and returns a row of each: COLUMNS, and "fault", a sentence or None."""
    where = executor()
    left = {spec.run_id: spec for spec in specs}
    for run, spec in left.items():
        if not _is_done(run):
            where.start(run, spec)
    said = None
    while waiting := [run for run in left if not _is_done(run) and (job := job_of(run)) and job.alive]:
        now = (sum(map(_is_done, left)), f"training {waiting[0]}")
        if now != said:
            say(*(said := now))
        time.sleep(LOOK_EVERY)
    return [_row(run, spec) for run, spec in left.items()]


def _is_done(run: str) -> bool:
    return (place_for(run) / RECORD).exists() and not can_go_on(place_for(run))


def _row(run: str, spec: RunSpec) -> dict:
    row = {"run": run, "latent_dim": spec.latent_dim, "beta": spec.beta, "seed": spec.seed}
    try:
        test = find(run).test
        return row | {name: getattr(test, name) for name in COLUMNS[4:]} | {"fault": None}
    except UserError as error:
        job = job_of(run)
        return row | dict.fromkeys(COLUMNS[4:]) | {"fault": job.fault if job and job.fault else str(error)}


def table(rows: list[dict]) -> str:
    """Aligned, for a terminal."""
    def cell(name: str, value) -> str:
        return "–" if value is None else f"{value:.2f}" if name in ("distortion", "rate", "elbo") else str(value)

    cells = [list(COLUMNS), *([cell(name, row[name]) for name in COLUMNS] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = ([line[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(line[1:], widths[1:]))] for line in cells)
    return "\n".join(map("  ".join, lines))
