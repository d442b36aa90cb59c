"""Training on a cluster: one task of a Dask scheduler for each run, into the runs' folder that all its machines share.

A task whose worker is lost is given to another one, where training goes on from the last checkpoint.
"""

import math

from explorer.errors import UserError
from explorer.jobs.queue import enter, give_up, in_a_sentence
from explorer.process import to_train
from explorer.specs import RunSpec


class DaskExecutor:
    most = math.inf  # the cluster has a queue of its own

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

    def start(self, run: str, spec: RunSpec, by: str | None = None) -> bool:
        from distributed import fire_and_forget

        if not enter(run, spec, elsewhere=True, by=by):
            return False
        task = self.client.submit(work, run, spec.to_dict(), pure=False)
        task.add_done_callback(lambda over: _say_if_lost(run, over))
        fire_and_forget(task)
        return True


def _say_if_lost(run: str, task) -> None:
    """What its worker could not say: that the cluster gave the task up, or its scheduler went. Seen as long as this process lives."""
    if task.status == "error":
        if not isinstance(error := task.exception(), UserError):  # which turn() has told
            give_up(run, in_a_sentence(error))
    elif task.status != "finished":
        give_up(run, "The cluster's scheduler was lost. Try it again once there is one.")


def work(run: str, settings: dict) -> None:
    """On a worker: trains, unless the job was called off meanwhile, and leaves the rest to the runs' folder."""
    to_train()
    from explorer import runs
    from explorer.jobs import queue

    spec = RunSpec.from_dict(settings)
    if not queue.job_of(run):
        return
    with queue.turn(run, spec) as mine:
        if mine:
            runs.train(spec, run, stop=lambda: queue.is_asked_to_stop(run))
