"""Trains on a cluster: one task of a Dask scheduler for each run. All machines share the folder of runs.

If a worker is lost, its task moves to another worker, where training continues from the last checkpoint.
"""

import math

from explorer.errors import UserError
from explorer.jobs.queue import describe_error, enqueue, record_failure
from explorer.logs import LOGGER
from explorer.memory import tune_for_training
from explorer.specs import RunSpec


class DaskExecutor:
    max_queued = math.inf  # the cluster has a queue of its own

    def __init__(self, address: str):
        """Connect to the scheduler. Raises UserError if Dask is not installed, or no scheduler answers at the
        address.
        """
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

    def start(self, run: str, spec: RunSpec, started_by: str | None = None) -> bool:
        from distributed import fire_and_forget

        if not enqueue(run, spec, on_cluster=True, started_by=started_by):
            return False
        task = self.client.submit(train_on_worker, run, spec.to_dict(), pure=False)
        task.add_done_callback(lambda over: _record_lost_task(run, over))
        fire_and_forget(task)
        return True


def _record_lost_task(run: str, task) -> None:
    """Record what the worker cannot: that the cluster gave up the task, or the scheduler was lost. It works
    while this process lives.
    """
    if task.status == "error":
        if not isinstance(error := task.exception(), UserError):  # wait_for_turn() has recorded it
            LOGGER.error("Training %s failed on the cluster", run, exc_info=error)
            record_failure(run, describe_error(error))
    elif task.status != "finished":
        record_failure(
            run, "The connection to the scheduler was lost. Try again when the scheduler is running."
        )


def train_on_worker(run: str, settings: dict) -> None:
    """Train on a worker, unless the job has been cancelled in the meantime. The results are in the folder of
    runs.
    """
    tune_for_training()
    from explorer.jobs import queue
    from explorer.runs.train import train_run

    spec = RunSpec.from_dict(settings)
    if not queue.find_job(run):
        return
    with queue.wait_for_turn(run, spec) as has_turn:
        if has_turn:
            train_run(spec, run, stop=lambda: queue.is_stop_requested(run))
