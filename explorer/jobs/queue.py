"""Trainings that wait for their turn, run, or went wrong: a file each in the runs' folder, so that they outlive every app.

The first EXPLORER_MAX_JOBS that are alive train, in order of coming; the others wait. A job is alive while its process
holds its lock, which a killed one gives up; it is asked to stop by a file, which reaches another machine too. A cluster has
a queue of its own: its jobs are alive until they say otherwise, and don't count.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.errors import UserError
from explorer.limits import max_jobs
from explorer.specs import RunSpec
from explorer.store.catalogue import place_for, runs_folder
from explorer.store.files import ABANDONED, PROBED, drop_parts, is_held, write_whole

FOLDER = ".jobs"
STARTING = 60.0  # seconds that a process may take until it holds its lock
LOOK_EVERY, FAR_BEHIND = 0.3, 6  # seconds, for each that is before it, of so many at most
ROOM = b" " * 4000  # in a job's file, for its fault: a full disk has none


@dataclass(frozen=True)
class Job:
    run: str
    spec: dict
    since: float  # Unix time at which it came, or just after those that were there
    alive: bool = False
    place: int = 0  # how many are before it, if it waits
    elsewhere: bool = False  # on a cluster
    fault: str | None = None  # why it ended without a run
    by: str | None = None  # the key of the visitor who started it; None: the command line


def jobs() -> list[Job]:
    """All, the first to come first. One whose process has gone without a word says so."""
    found = []
    for file in _folder().glob("*.json"):
        try:
            told, age = json.loads(file.read_bytes()), time.time() - file.stat().st_mtime
            awaited = told["elsewhere"] or not told["begun"] and abs(age) < STARTING  # below 0 if the clock was set back
            alive = is_held(_lock(file.stem)) or told["fault"] is None and awaited
            job = Job(file.stem, dict(told["spec"]), float(told["since"]), alive, 0, told["elsewhere"], told["fault"], told.get("by"))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # gone, or half-written by another hand
        found.append(job)
    found.sort(key=lambda job: (job.since, job.run))
    most, before, placed = max_jobs(), 0, []
    for job in found:
        place = max(0, before - most + 1) if job.alive and not job.elsewhere else 0
        fault = job.fault if job.alive or job.fault else "Its process ended without a word."
        placed.append(replace(job, place=place, fault=fault))
        before += job.alive and not job.elsewhere
    return placed


def job_of(run: str) -> Job | None:
    return next((job for job in jobs() if job.run == run), None)


def enter(run: str, spec: RunSpec, elsewhere: bool = False, by: str | None = None) -> bool:
    """A new job at the end of the queue. False if that run is waiting or training already: then it is shared."""
    place_for(run)
    drop_parts(_folder(), ABANDONED)
    alive = {job.run: job.since for job in jobs() if job.alive}
    if run in alive:
        return False
    (_folder() / f"{run}.stop").unlink(missing_ok=True)
    _write(run, spec, max([time.time(), *(since + 1e-3 for since in alive.values())]), elsewhere, by)
    return True


def leave(run: str) -> None:
    """The job is over: its run says the rest."""
    for end in ("json", "stop", "lock"):
        (_folder() / f"{run}.{end}").unlink(missing_ok=True)


def dismiss(run: str) -> None:
    """Leaves, unless it is alive: someone may have tried it again meanwhile."""
    if (job := job_of(run)) and not job.alive:
        leave(run)


def give_up(run: str, fault: str) -> None:
    """Says why it ended, in one sentence, unless that is said already. It is written over what the file holds: that needs no room."""
    with suppress(OSError, ValueError):
        before = _file(run).read_bytes()
        told = json.loads(before)
        with open(_file(run), "r+b") as file:
            file.write(json.dumps(told | {"fault": told["fault"] or fault}).encode().ljust(len(before)))


def ask_to_stop(run: str) -> None:
    """Nothing, if it is over. One that no worker of a cluster has taken up is over at once."""
    if not (job := job_of(run)) or not job.alive:
        return
    if job.elsewhere and not is_held(_lock(run)):
        return leave(run)
    write_whole(_folder() / f"{run}.stop", b"")


def is_asked_to_stop(run: str) -> bool:
    return (_folder() / f"{run}.stop").exists()


@contextmanager
def turn(run: str, spec: RunSpec, stop: Callable[[], bool] = lambda: False) -> Iterator[bool]:
    """Waits in the queue; gives whether it is this job's turn, or it was stopped or called off meanwhile. Its faults are kept."""
    enter(run, spec)
    lock = _lock(run)
    try:
        lock.acquire(timeout=PROBED)
        if job := job_of(run):
            _write(run, spec, job.since, job.elsewhere, job.by, begun=True)
        while not (stopped := stop() or is_asked_to_stop(run)) and (job := job_of(run)) and job.place:
            time.sleep(LOOK_EVERY * min(job.place, FAR_BEHIND))
        yield not stopped and job is not None
    except Timeout:
        raise UserError(f"{run} is waiting or training already.") from None
    except KeyboardInterrupt:
        lock.release()
        leave(run)
        raise
    except Exception as error:
        give_up(run, in_a_sentence(error))  # before the lock goes: who holds none and says nothing is taken for dead
        raise
    finally:
        lock.release()
    leave(run)


def in_a_sentence(error: BaseException) -> str:
    """What went wrong, also where nobody foresaw it."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'A file'} could not be read or written: {error.strerror}."
    said = (str(error).splitlines() or [""])[0].strip().rstrip(".")
    return f"It broke down: {said or 'no more is known'} ({type(error).__name__}). Try it again, or with other settings."


def _write(run: str, spec: RunSpec, since: float, elsewhere: bool, by: str | None, begun: bool = False) -> None:
    """begun: its process has held its lock; when it doesn't any more, it has gone."""
    told = {"spec": spec.to_dict(), "since": since, "elsewhere": elsewhere, "begun": begun, "fault": None, "by": by}
    write_whole(_file(run), json.dumps(told).encode() + ROOM)


def _file(run: str) -> Path:
    return _folder() / f"{run}.json"


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
