"""Runs trainings in processes of this machine or on a cluster. It does not depend on the kind of model.

start(run, spec, started_by) of an executor enters a training into the queue (explorer.jobs.queue) for the
visitor with the key started_by. The training waits there for its turn, and writes its progress to the
events.jsonl of its run. start returns False if a training of this run is already waiting or running.
max_queued is how many trainings should be in the queue at the same time, including those that wait.
"""

import os
from typing import Protocol

from explorer.specs import RunSpec


class Executor(Protocol):
    max_queued: float

    def start(self, run: str, spec: RunSpec, started_by: str | None = None) -> bool: ...


def create_executor() -> Executor:
    """Return the executor of EXPLORER_SCHEDULER, the address of a Dask scheduler, or that of this machine."""
    if address := os.environ.get("EXPLORER_SCHEDULER"):
        from explorer.jobs.dask import DaskExecutor

        return DaskExecutor(address)
    from explorer.jobs.local import LocalExecutor

    return LocalExecutor()
