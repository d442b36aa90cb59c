"""Trains in a separate process of this machine, which is our command line. The process outlives the one that
started it.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

from explorer import recipe
from explorer.errors import UserError
from explorer.jobs.limits import max_running_jobs
from explorer.jobs.queue import enqueue
from explorer.logs import LOGGER
from explorer.specs import RunSpec
from explorer.store.catalogue import folder_for_run
from explorer.store.run import TRAIN_LOG

PROJECT_FOLDER = Path(__file__).parents[2]
FOLDER_VARIABLES = ("EXPLORER_RUNS", "EXPLORER_DATA")
EXPECTED_STATUSES = (0, 2, 130)  # success; a user's mistake; stopped
MAX_WAITING_PROCESSES = 3  # processes that wait for their turn


class LocalExecutor:
    @property
    def max_queued(self) -> int:
        return max_running_jobs() + MAX_WAITING_PROCESSES

    def start(self, run: str, spec: RunSpec, started_by: str | None = None) -> bool:
        if not enqueue(run, spec, started_by=started_by):
            return False
        command = [
            sys.executable,
            "-m",
            "explorer",
            "train",
            "--queue",
            "--run",
            run,
            *recipe.arguments(spec),
        ]
        whole = {
            name: os.path.abspath(os.path.expanduser(os.environ[name]))
            for name in FOLDER_VARIABLES
            if os.environ.get(name)
        }
        process = subprocess.Popen(
            command,
            cwd=PROJECT_FOLDER,
            env=os.environ | whole,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        LOGGER.info("Training %s: started process %d", run, process.pid)
        threading.Thread(target=_wait, args=(process, run), daemon=True).start()
        return True


def _wait(process: subprocess.Popen, run: str) -> None:
    """Wait for a training's end, so that no zombie process remains, and log an unforeseen error."""
    status = process.wait()
    if status not in EXPECTED_STATUSES:
        LOGGER.error("Training %s: its process ended with status %d\n%s", run, status, _read_log(run))


def _read_log(run: str) -> str:
    try:
        return (folder_for_run(run) / TRAIN_LOG).read_text(encoding="utf-8", errors="replace")
    except (OSError, UserError):
        return "It has left no traceback."
