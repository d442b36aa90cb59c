"""Kills a training, in a process of its own, at the nth moment at which it changes a file, for every n there
is; after each, tells what is left, and what comes of training it again, as a line of JSON. EXPLORER_RUNS: an
empty folder.
"""

import json
import os
import shutil
import signal
import sys

import sklearn.neighbors  # noqa: F401 - once for all
import torch

from explorer.runs import train as runs_train
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import list_runs, runs_folder

# Events that Python audits before it performs them.
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}
SPEC = RunSpec(epochs=3, width=8, batch_size=512)


def forked(act, *arguments) -> bool:
    """Run act in a forked process and return whether it was killed."""
    sys.stdout.flush()
    if not (child := os.fork()):
        try:
            act(*arguments)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def train(name: str, moment: int | None = None) -> None:
    remaining = moment

    def watch(event, arguments):
        nonlocal remaining
        if event in CHANGES and remaining is not None and name in str(arguments[0]):
            remaining -= 1
            if remaining < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    train_run(SPEC, name)


if __name__ == "__main__":
    runs_train.CHECKPOINT_EVERY = 0
    torch.set_num_threads(1)
    forked(train, "whole")
    moment = 0
    while forked(train, "victim", moment):
        visible_runs, faults = list_runs()
        files_by_run = {run.name: run.files for run in visible_runs if run.name in ("whole", "victim")}
        forked(train, "victim")
        after = {run.name: run for run in list_runs()[0]}
        same = (
            "victim" in after
            and after["victim"].test == after["whole"].test
            and after["victim"].files == after["whole"].files
        )
        print(
            json.dumps(
                {
                    "found": {name: files == after["whole"].files for name, files in files_by_run.items()},
                    "faults": faults,
                    "same": same,
                    "files": [
                        file for file in os.listdir(runs_folder() / "victim") if not file.startswith(".")
                    ],
                }
            )
        )
        shutil.rmtree(runs_folder() / "victim")
        moment += 1
