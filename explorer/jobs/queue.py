"""Trainings that wait for their turn, run, or went wrong: a file each in the runs' folder, so that they outlive every app.

The first EXPLORER_MAX_JOBS (1) that are alive train, in order of coming; the others wait. A job is alive while its process
holds its lock, which a killed one gives up; it is asked to stop by a file, which reaches another machine too. A cluster has
a queue of its own: its jobs are alive until they say otherwise, and don't count.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.errors import UserError
from explorer.specs import RunSpec
from explorer.store.catalogue import place_for, runs_folder
from explorer.store.files import is_held, write_whole

FOLDER = ".jobs"
STARTING = 20.0  # seconds that a process may take until it holds its lock
LOOK_EVERY = 0.3  # seconds
PROBED = 2.0  # seconds for which those who look may hold a lock


@dataclass(frozen=True)
class Job:
    run: str
    spec: dict
    since: float  # Unix time at which it came
    alive: bool = False
    place: int = 0  # how many are before it, if it waits
    elsewhere: bool = False  # on a cluster
    fault: str | None = None  # why it ended without a run


def most_at_once() -> int:
    """Raises UserError if EXPLORER_MAX_JOBS is no number above 0."""
    said = os.environ.get("EXPLORER_MAX_JOBS") or "1"
    if not re.fullmatch(r"[1-9]\d{0,2}", said):
        raise UserError(f"EXPLORER_MAX_JOBS is a number from 1 to 999, not {said!r}.")
    return int(said)


def jobs() -> list[Job]:
    """All, the first to come first. One whose process has gone without a word says so."""
    found = []
    for file in _folder().glob("*.json"):
        try:
            told = json.loads(file.read_bytes())
            job = Job(file.stem, dict(told["spec"]), float(told["since"]), alive=is_held(_lock(file.stem)),
                      elsewhere=bool(told["elsewhere"]), fault=told["fault"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # gone, or half-written by another hand
        found.append(job)
    found.sort(key=lambda job: (job.since, job.run))
    most, before, placed = most_at_once(), 0, []
    for job in found:
        alive = job.alive or (job.fault is None and (job.elsewhere or time.time() - job.since < STARTING))
        place = max(0, before - most + 1) if alive and not job.elsewhere else 0
        fault = job.fault if alive or job.fault else "Its process ended without a word."
        placed.append(replace(job, alive=alive, place=place, fault=fault))
        before += alive and not job.elsewhere
    return placed


def job_of(run: str) -> Job | None:
    return next((job for job in jobs() if job.run == run), None)


def enter(run: str, spec: RunSpec, elsewhere: bool = False) -> bool:
    """A new job at the end of the queue. False if that run is waiting or training already: then it is shared."""
    place_for(run)
    job = job_of(run)
    if job and job.alive:
        return False
    (_folder() / f"{run}.stop").unlink(missing_ok=True)
    _write(run, spec, time.time(), None, elsewhere)
    return True


def leave(run: str) -> None:
    """The job is over: its run says the rest."""
    for end in ("json", "stop", "lock"):
        (_folder() / f"{run}.{end}").unlink(missing_ok=True)


def ask_to_stop(run: str) -> None:
    """One that no worker of a cluster has taken up is over at once."""
    if (job := job_of(run)) and job.elsewhere and not is_held(_lock(run)):
        return leave(run)
    write_whole(_folder() / f"{run}.stop", b"")


def is_asked_to_stop(run: str) -> bool:
    return (_folder() / f"{run}.stop").exists()


@contextmanager
def turn(run: str, spec: RunSpec) -> Iterator[bool]:
    """Waits in the queue; gives whether it is this job's turn, or it was asked to stop meanwhile. Its faults are kept."""
    enter(run, spec)
    try:
        with _lock(run).acquire(timeout=PROBED):
            while not (stopped := is_asked_to_stop(run)) and (job := job_of(run)) and job.place:
                time.sleep(LOOK_EVERY)
            yield not stopped
        leave(run)
    except Timeout:
        raise UserError(f"{run} is waiting or training already.") from None
    except UserError as error:
        job = job_of(run)
        _write(run, spec, job.since if job else time.time(), str(error), bool(job and job.elsewhere))
        raise


def _write(run: str, spec: RunSpec, since: float, fault: str | None, elsewhere: bool) -> None:
    told = {"spec": spec.to_dict(), "since": since, "fault": fault, "elsewhere": elsewhere}
    write_whole(_folder() / f"{run}.json", json.dumps(told).encode())


def _folder() -> Path:
    folder = runs_folder() / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} could not be written: {error.strerror}. Allow it, or set EXPLORER_RUNS to another folder.") from error
    return folder


def _lock(run: str) -> FileLock:
    """Held by the process that trains this job, or waits to."""
    return FileLock(_folder() / f"{run}.lock")
