"""Training on a cluster: one task of a Dask scheduler for each run, into the runs' folder that all its machines share.

A task whose worker is lost is given to another one, where training goes on from the last checkpoint.
"""

from explorer.errors import UserError
from explorer.jobs.queue import enter
from explorer.specs import RunSpec


class DaskExecutor:
    def __init__(self, address: str):
        """Raises UserError if Dask is not installed, or no scheduler answers there."""
        try:
            from distributed import Client
        except ImportError:
            raise UserError("EXPLORER_SCHEDULER needs Dask: pip install distributed. Or unset it, to train on this machine.") from None
        try:
            self.client = Client(address, timeout=5, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UserError(f"No Dask scheduler answers at EXPLORER_SCHEDULER={address}. "
                            "Start one, or unset it, to train on this machine.") from error

    def start(self, run: str, spec: RunSpec) -> None:
        """Nothing, if that run is waiting or training already."""
        from distributed import fire_and_forget

        if enter(run, spec, elsewhere=True):
            fire_and_forget(self.client.submit(work, run, spec.to_dict(), pure=False))


def work(run: str, settings: dict) -> None:
    """On a worker: trains, unless the job was called off meanwhile, and leaves the rest to the runs' folder."""
    from explorer import runs
    from explorer.jobs import queue

    spec = RunSpec.from_dict(settings)
    if not queue.job_of(run):
        return
    with queue.turn(run, spec) as mine:
        if mine:
            runs.train(spec, run, stop=lambda: queue.is_asked_to_stop(run))
