"""Trainings on the command line that are stopped, killed, or met by another: in processes of their own where
what a process does is tested.
"""

import json
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from explorer.cli import progress
from explorer.events import EpochEnd
from explorer.store.catalogue import find_run
from explorer.store.run import MODEL_FILE
from tests.conftest import ROOT, refused

EVERY_EPOCH = """
from explorer.cli.parser import main
from explorer.runs import train
train.CHECKPOINT_EVERY = 0  # seconds: after each epoch
main()
"""


def started(words: str, epochs: int, program: tuple[str, ...] = ("-m", "explorer")) -> subprocess.Popen:
    """Start a training in a process of its own, and return it after some epochs."""
    process = subprocess.Popen(
        [sys.executable, *program, "train", "--json", *words.split()],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while (event := json.loads(process.stdout.readline()))["event"] != "epoch_end" or event["epoch"] < epochs:
        pass
    return process


@pytest.fixture
def interrupted(explorer_in_process, monkeypatch):
    """Return a function that trains in this process, which sends itself a signal after some epochs."""

    def train(words: str, number: int = signal.SIGINT, epochs: int = 3) -> tuple[int, str]:
        """Return the exit status and the last line on stderr."""
        ended = []

        def on_event(event) -> None:
            ended.extend([event] if isinstance(event, EpochEnd) else [])
            if isinstance(event, EpochEnd) and len(ended) == epochs:
                signal.raise_signal(number)

        with monkeypatch.context() as patch:
            patch.setattr(progress, "training_bar", lambda: on_event)
            done = explorer_in_process("train", *words.split())
        return done.returncode, done.stderr.splitlines()[-1]

    return train


@pytest.mark.process
def test_a_process_told_to_stop_keeps_its_last_epoch_and_exits_with_130(runs_folder):
    process = started("--epochs 10000 --width 16 --run stopped", 3)
    process.send_signal(signal.SIGTERM)
    _, output = process.communicate(timeout=60)
    run = find_run("stopped")
    assert process.returncode == 130 and output.splitlines()[-1] == run.note and 3 <= run.epochs < 10_000


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_training_told_to_stop_keeps_its_last_epoch_and_goes_on_to_the_same_end(
    explorer_in_process, interrupted, runs_folder, number
):
    words = "--epochs 12 --width 16 --seed 5 --run {}"
    status, last_line = interrupted(words.format("stopped"), number)
    stopped_run = find_run("stopped")
    assert status == 130 and last_line == stopped_run.note
    assert last_line == "Stopped after epoch 3 of 12. Train it again to continue from there."
    assert stopped_run.epochs == 3 and np.isfinite(stopped_run.test.elbo)
    for name in ("stopped", "whole"):
        assert not explorer_in_process("train", *words.format(name).split()).returncode
    stopped, whole = find_run("stopped"), find_run("whole")
    assert stopped.note is None
    assert stopped.epochs == 12
    assert stopped.test == whole.test
    assert stopped.files[MODEL_FILE] == whole.files[MODEL_FILE]
    assert not (runs_folder / "stopped" / "checkpoint.safetensors").exists()
    events = [
        json.loads(line)
        for line in (runs_folder / "stopped" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [e["epoch"] for e in events if e["event"] == "epoch_end"] == list(range(1, 13))


def test_a_ladder_that_was_stopped_goes_on(explorer_in_process, interrupted):
    words = "--model ladder --betas 0.1,1 --epochs 12 --width 16 --run climbing"
    status, last_line = interrupted(words)
    assert status == 2
    assert "to continue from there; a ladder can be used once all its rungs are trained" in last_line
    assert "its training was interrupted" in explorer_in_process("list").stderr
    assert not explorer_in_process("train", *words.split()).returncode
    spec = find_run("climbing").spec
    assert find_run("climbing").epochs == sum(n for _, n in spec.stages) and find_run("climbing").note is None


@pytest.mark.process
def test_a_killed_training_goes_on_from_its_last_checkpoint(explorer_in_process, interrupted):
    words = "--epochs 3000 --width 16 --run killed"
    process = started(words, 12, ("-c", EVERY_EPOCH))
    process.kill()
    process.communicate()
    assert "its training was interrupted" in explorer_in_process("list").stderr
    status, _ = interrupted(words, epochs=1)
    assert status == 130 and find_run("killed").epochs > 10


@pytest.mark.process
def test_training_goes_on_when_nobody_reads_on(runs_folder):
    command = f"{sys.executable} -m explorer train --epochs 10 --width 16 --run read-once --json | head -1"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert json.loads(done.stdout)["event"] == "started" and not done.stderr
    assert find_run("read-once").epochs == 10


def test_a_stop_pressed_too_late_does_not_outlive_its_job(explorer_in_process, runs_folder):
    (runs_folder / ".jobs").mkdir(exist_ok=True)
    (runs_folder / ".jobs" / "late.stop").write_bytes(b"")
    for words in (("--run", "late"), ("--queue", "--run", "late", "--seed", 1)):
        assert not explorer_in_process("train", "--epochs", 2, "--width", 8, *words).returncode
        assert find_run("late").epochs == 2
        shutil.rmtree(runs_folder / "late")


@pytest.mark.process
def test_a_run_is_trained_by_one_process_at_a_time(explorer_in_process, runs_folder):
    first = started("--epochs 10000 --run shared", 1)
    try:
        assert "shared is being trained already" in refused(
            explorer_in_process("train", "--epochs", 10000, "--run", "shared")
        )
        assert (
            "Run shared is still being trained. Wait until it has ended.\n"
            in explorer_in_process("list").stderr
        )
        assert first.poll() is None and (runs_folder / "shared" / "events.jsonl").exists()
        first.kill()
        first.communicate()
        assert "its training was interrupted" in explorer_in_process("list").stderr
        again = explorer_in_process("train", "--epochs", 2, "--width", 8, "--run", "shared")
        assert not again.returncode and find_run("shared").epochs == 2
    finally:
        first.kill()
