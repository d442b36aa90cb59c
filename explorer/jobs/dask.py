"""Trains on a cluster: one task of a Dask scheduler for each run. All machines share the folder of runs.

If a worker is lost, its task moves to another worker, where training continues from the last checkpoint.
"""

import math

from explorer.errors import UserError
from explorer.jobs.queue import enter, give_up, in_a_sentence
from explorer.logs import LOGGER
from explorer.memory import tune_for_training
from explorer.specs import RunSpec


class DaskExecutor:
    most = math.inf  # the cluster has a queue of its own

    def __init__(self, address: str):
        """Raises UserError if Dask is not installed, or no scheduler answers there."""
        try:
            from distributed import Client
        except ImportError:
            raise UserError(
                "EXPLORER_SCHEDULER needs Dask: run `pip install distributed`, or unset it to train on this"
                " machine."
            ) from None
        try:
            self.client = Client(address, timeout=5, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UserError(
                f"No Dask scheduler answers at EXPLORER_SCHEDULER={address}. "
                "Start one, or unset EXPLORER_SCHEDULER to train on this machine."
            ) from error

    def start(self, run: str, spec: RunSpec, by: str | None = None) -> bool:
        from distributed import fire_and_forget

        if not enter(run, spec, elsewhere=True, by=by):
            return False
        task = self.client.submit(work, run, spec.to_dict(), pure=False)
        task.add_done_callback(lambda over: _say_if_lost(run, over))
        fire_and_forget(task)
        return True


def _say_if_lost(run: str, task) -> None:
    """Record what the worker cannot: that the cluster gave up the task, or the scheduler was lost. It works
    while this process lives.
    """
    if task.status == "error":
        if not isinstance(error := task.exception(), UserError):  # turn() has recorded it
            LOGGER.error("Training %s failed on the cluster", run, exc_info=error)
            give_up(run, in_a_sentence(error))
    elif task.status != "finished":
        give_up(run, "The connection to the scheduler was lost. Try again when the scheduler is running.")


def work(run: str, settings: dict) -> None:
    """Train on a worker, unless the job has been cancelled in the meantime. The results are in the folder of
    runs.
    """
    tune_for_training()
    from explorer.jobs import queue
    from explorer.runs.train import train_run

    spec = RunSpec.from_dict(settings)
    if not queue.job_of(run):
        return
    with queue.turn(run, spec) as mine:
        if mine:
            train_run(spec, run, stop=lambda: queue.is_asked_to_stop(run))
