"""Trains in a separate process of this machine, which is our command line. The process outlives the one that
started it.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

from explorer.jobs.limits import max_jobs
from explorer.jobs.queue import enter
from explorer.specs import RunSpec

ROOT = Path(__file__).parents[2]
FOLDERS = ("EXPLORER_RUNS", "EXPLORER_DATA")
AHEAD = 3  # processes that wait


class LocalExecutor:
    @property
    def most(self) -> int:
        return max_jobs() + AHEAD

    def start(self, run: str, spec: RunSpec, by: str | None = None) -> bool:
        if not enter(run, spec, by=by):
            return False
        command = [sys.executable, "-m", "explorer", "train", "--queue", "--run", run, *spec.arguments()]
        whole = {
            name: os.path.abspath(os.path.expanduser(os.environ[name]))
            for name in FOLDERS
            if os.environ.get(name)
        }
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | whole,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        threading.Thread(
            target=process.wait, daemon=True
        ).start()  # without wait() it would remain as a zombie process
        return True
