"""The queue of trainings that wait, run or have failed: one file for each in the runs' folder, so that they
outlive the app.

The first EXPLORER_MAX_JOBS jobs that are alive train, in the order in which they entered; the others wait. A
job is alive while its process holds its lock, which the system releases when the process is killed. A job is
asked to stop by a file, which also reaches other machines. A cluster has its own queue: its jobs are alive
until they report an end, and they do not count. When a training has ended, its file moves to the folder
`ended`, which remembers for 30 days who started it.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.errors import CorruptFile, UserError, corrupt_file_errors
from explorer.jobs.limits import max_running_jobs
from explorer.logs import LOGGER
from explorer.specs import RunSpec
from explorer.store.atomic import ABANDONED_AFTER_SECONDS, remove_partial_files, write_atomically
from explorer.store.catalogue import folder_for_run, runs_folder
from explorer.store.locks import LOCK_TIMEOUT_SECONDS, is_held
from explorer.store.run import RECORD_FILE

QUEUE_FOLDER, ENDED_FOLDER = ".jobs", "ended"
# The time for which the starter of a training is kept: as long as a browser keeps its key.
ENDED_RETENTION_SECONDS = 30 * 86_400.0
START_TIMEOUT_SECONDS = 60.0  # seconds that a process may take until it holds its lock
POLL_INTERVAL_SECONDS, MAX_POLL_FACTOR = 0.3, 6  # seconds per job that is ahead, and the largest factor
FAULT_PADDING = b" " * 4000  # space reserved in a job's file for its fault, as the disk may be full later


@dataclass(frozen=True)
class Job:
    run: str
    spec: dict
    entered_at: float  # Unix time at which it entered, or just after that of the last job alive
    alive: bool = False
    jobs_ahead: int = 0  # if it waits: the number of trainings before it
    on_cluster: bool = False
    fault: str | None = None  # if it has failed: why
    started_by: str | None = None  # the key of the visitor who started it; None: the command line


def list_jobs() -> list[Job]:
    """Return all jobs in the order in which they entered. If the process of a job has gone without a report,
    its fault says so.
    """
    all_jobs = []
    for file in _queue_folder().glob("*.json"):
        try:
            all_jobs.append(_read_job(file))
        except (OSError, CorruptFile):
            continue  # removed in the meantime, or damaged
    all_jobs.sort(key=lambda job: (job.entered_at, job.run))
    gone = (
        "The training process ended unexpectedly. Try again: it continues from its last checkpoint, if there"
        " is one."
    )
    max_running, before, placed = max_running_jobs(), 0, []
    for job in all_jobs:
        jobs_ahead = max(0, before - max_running + 1) if job.alive and not job.on_cluster else 0
        fault = job.fault if job.alive or job.fault else gone
        placed.append(replace(job, jobs_ahead=jobs_ahead, fault=fault))
        before += job.alive and not job.on_cluster
    return placed


def _read_job(file: Path) -> Job:
    with corrupt_file_errors("it is not a job"):
        record, age = json.loads(file.read_bytes()), time.time() - file.stat().st_mtime
        # The age is negative if the clock was set back.
        awaited = record["elsewhere"] or not record["begun"] and abs(age) < START_TIMEOUT_SECONDS
        return Job(
            file.stem,
            dict(record["spec"]),
            float(record["since"]),
            alive=is_held(_job_lock(file.stem)) or record["fault"] is None and awaited,
            on_cluster=record["elsewhere"],
            fault=record["fault"],
            started_by=record.get("by"),
        )


def find_job(run: str) -> Job | None:
    return next((job for job in list_jobs() if job.run == run), None)


def enqueue(run: str, spec: RunSpec, on_cluster: bool = False, started_by: str | None = None) -> bool:
    """Add a job at the end of the queue. Return False if one of this run is already waiting or running."""
    folder_for_run(run)
    remove_partial_files(_queue_folder(), ABANDONED_AFTER_SECONDS)
    _remove_old_ended_jobs()
    alive = {job.run: job.entered_at for job in list_jobs() if job.alive}
    if run in alive:
        return False
    (_queue_folder() / f"{run}.stop").unlink(missing_ok=True)
    entered_at = max([time.time(), *(at + 1e-3 for at in alive.values())])
    _write_job(run, spec, entered_at, on_cluster, started_by)
    return True


def remove(run: str) -> None:
    """Remove a job that is over. If its run is stored, remember who started it (see read_starters)."""
    if (folder_for_run(run) / RECORD_FILE).exists():
        with suppress(OSError):
            (_queue_folder() / ENDED_FOLDER).mkdir(exist_ok=True)
            os.replace(_job_file(run), _queue_folder() / ENDED_FOLDER / f"{run}.json")
            os.utime(_queue_folder() / ENDED_FOLDER / f"{run}.json")
    for end in ("json", "stop", "lock"):
        (_queue_folder() / f"{run}.{end}").unlink(missing_ok=True)


def read_starters() -> dict[str, str | None]:
    """Return by run who started the trainings of the last 30 days: a visitor's key, or None for a command."""
    starters = {}
    for file in (_queue_folder() / ENDED_FOLDER).glob("*.json"):
        with suppress(OSError, ValueError, AttributeError):  # gone, or damaged
            starters[file.stem] = json.loads(file.read_bytes()).get("by")
    return starters


def _remove_old_ended_jobs() -> None:
    for file in (_queue_folder() / ENDED_FOLDER).glob("*.json"):
        with suppress(OSError):  # another process has removed it
            if time.time() - file.stat().st_mtime > ENDED_RETENTION_SECONDS:
                file.unlink()


def dismiss(run: str) -> None:
    """Remove a job unless it is alive: someone may have restarted it in the meantime."""
    if (job := find_job(run)) and not job.alive:
        remove(run)


def record_failure(run: str, fault: str) -> None:
    """Record why a job has failed, in one sentence, unless that is known. It overwrites spaces in the file,
    so a full disk does no harm.
    """
    with suppress(OSError, ValueError):
        before = _job_file(run).read_bytes()
        record = json.loads(before)
        with open(_job_file(run), "r+b") as file:
            file.write(json.dumps(record | {"fault": record["fault"] or fault}).encode().ljust(len(before)))


def request_stop(run: str) -> None:
    """Ask a job to stop; if it has ended, do nothing. A job that no worker of a cluster has started is
    removed at once.
    """
    if not (job := find_job(run)) or not job.alive:
        return
    if job.on_cluster and not is_held(_job_lock(run)):
        return remove(run)
    write_atomically(_queue_folder() / f"{run}.stop", b"")


def is_stop_requested(run: str) -> bool:
    return (_queue_folder() / f"{run}.stop").exists()


@contextmanager
def wait_for_turn(run: str, spec: RunSpec, stop: Callable[[], bool] = lambda: False) -> Iterator[bool]:
    """Wait in the queue. Yields True when it is the turn of this job, False if it was stopped or cancelled.
    Errors are recorded.
    """
    enqueue(run, spec)
    lock = _job_lock(run)
    try:
        lock.acquire(timeout=LOCK_TIMEOUT_SECONDS)
        if job := find_job(run):
            _write_job(run, spec, job.entered_at, job.on_cluster, job.started_by, begun=True)
        while not (stopped := stop() or is_stop_requested(run)) and (job := find_job(run)) and job.jobs_ahead:
            time.sleep(POLL_INTERVAL_SECONDS * min(job.jobs_ahead, MAX_POLL_FACTOR))
        yield not stopped and job is not None
    except Timeout:
        raise UserError(
            f"A training of {run} is already waiting or running. Wait for it, or stop it."
        ) from None
    except KeyboardInterrupt:
        lock.release()
        remove(run)
        raise
    except Exception as error:
        if not isinstance(error, UserError):
            LOGGER.error("Training %s failed", run, exc_info=True)
        # before the lock is released: a job without lock and fault counts as dead
        record_failure(run, describe_error(error))
        raise
    finally:
        lock.release()
    remove(run)


def describe_error(error: BaseException) -> str:
    """Describe an error in one sentence, also an unexpected one."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return (
            f"{error.filename or 'A file'} could not be read or written: {error.strerror}. Check its path and"
            " its permissions."
        )
    first_line = (str(error).splitlines() or [""])[0].strip().rstrip(".")
    return (
        f"The training failed: {first_line or 'no reason was given'} ({type(error).__name__}). Try again, or"
        " choose other settings."
    )


def _write_job(
    run: str, spec: RunSpec, entered_at: float, on_cluster: bool, started_by: str | None, begun: bool = False
) -> None:
    """Write the file of a job. begun: its process has acquired the lock, which it holds until it ends."""
    record = {
        "spec": spec.to_dict(),
        "since": entered_at,
        "elsewhere": on_cluster,
        "begun": begun,
        "fault": None,
        "by": started_by,
    }
    write_atomically(_job_file(run), json.dumps(record).encode() + FAULT_PADDING)


def _job_file(run: str) -> Path:
    return _queue_folder() / f"{run}.json"


def _queue_folder() -> Path:
    folder = runs_folder() / QUEUE_FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{folder} could not be written: {error.strerror}. "
            "Allow writing to it, or set EXPLORER_RUNS to another folder."
        ) from error
    return folder


def _job_lock(run: str) -> FileLock:
    """Return the lock that the process of this job holds while it waits and trains."""
    return FileLock(_queue_folder() / f"{run}.lock")
