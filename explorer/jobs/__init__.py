"""Where training runs: in processes of this machine, or on a cluster. Knows nothing of models.

An executor has start(run, spec, by): it brings a training under way, which enters the queue (explorer.jobs.queue) as that visitor's,
waits for its turn there, and tells its run's events.jsonl how it goes. False if that run is waiting or training already: then it is
shared.
most is how many it is wise to have under way, the waiting ones among them.
"""

import os
from typing import Protocol

from explorer.specs import RunSpec


class Executor(Protocol):
    most: float

    def start(self, run: str, spec: RunSpec, by: str | None = None) -> bool: ...


def executor() -> Executor:
    """That of EXPLORER_SCHEDULER, a Dask scheduler's address, or else this machine."""
    if address := os.environ.get("EXPLORER_SCHEDULER"):
        from explorer.jobs.dask import DaskExecutor

        return DaskExecutor(address)
    from explorer.jobs.local import LocalExecutor

    return LocalExecutor()
