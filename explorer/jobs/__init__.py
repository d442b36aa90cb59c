"""Where training runs: in processes of this machine, or on a cluster. Knows nothing of models.

An executor has start(run, spec): it brings a training under way, which enters the queue (explorer.jobs.queue), waits for its
turn there, and tells its run's events.jsonl how it goes.
"""

import os
from typing import Protocol

from explorer.specs import RunSpec


class Executor(Protocol):
    def start(self, run: str, spec: RunSpec) -> None: ...


def executor() -> Executor:
    """That of EXPLORER_SCHEDULER, a Dask scheduler's address, or else this machine."""
    if address := os.environ.get("EXPLORER_SCHEDULER"):
        from explorer.jobs.dask import DaskExecutor

        return DaskExecutor(address)
    from explorer.jobs.local import LocalExecutor

    return LocalExecutor()
