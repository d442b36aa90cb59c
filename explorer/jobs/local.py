"""Training in a process of its own on this machine, which is our own command line; it outlives whoever started it."""

import subprocess
import sys
from pathlib import Path

from explorer.jobs.queue import enter
from explorer.specs import RunSpec

ROOT = Path(__file__).parents[2]


class LocalExecutor:
    def start(self, run: str, spec: RunSpec) -> None:
        """Nothing, if that run is waiting or training already."""
        if enter(run, spec):
            command = [sys.executable, "-m", "explorer", "train", "--queue", "--run", run, *spec.arguments()]
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             start_new_session=True)
