"""Trainings on the command line that are stopped, killed, or met by another."""

import json
import re
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from explorer.store.catalogue import find_run
from explorer.store.run import MODEL_FILE
from tests.conftest import ROOT, refused

pytestmark = pytest.mark.process


def interrupted(words: str, signal: int = 2, epochs: int = 3):
    """Run a training that is told to stop after some epochs, and return its exit status and its last line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer", "train", "--json", *words.split()],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while (event := json.loads(process.stdout.readline()))["event"] != "epoch_end" or event["epoch"] < epochs:
        pass
    process.send_signal(signal)
    _, output = process.communicate(timeout=60)
    return process.returncode, output.strip().splitlines()[-1]


@pytest.mark.parametrize("signal", [2, 15])
def test_a_training_told_to_stop_keeps_its_last_epoch_and_goes_on_to_the_same_end(
    explorer, runs_folder, monkeypatch, signal
):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    words = "--epochs 120 --width 16 --seed 5 --run {}"
    status, last_line = interrupted(words.format("stopped"), signal)
    stopped_run = find_run("stopped")
    assert status == 130 and last_line == stopped_run.note
    assert re.fullmatch(
        r"Stopped after epoch (\d+) of 120. Train it again to continue from there.", last_line
    )
    assert 3 <= stopped_run.epochs < 120 and np.isfinite(stopped_run.test.elbo)
    explorer("train", *words.format("stopped").split())
    explorer("train", *words.format("whole").split())
    stopped, whole = find_run("stopped"), find_run("whole")
    assert stopped.note is None
    assert stopped.epochs == 120
    assert stopped.test == whole.test
    assert stopped.files[MODEL_FILE] == whole.files[MODEL_FILE]
    assert not (runs_folder / "stopped" / "checkpoint.safetensors").exists()
    events = [
        json.loads(line)
        for line in (runs_folder / "stopped" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [e["epoch"] for e in events if e["event"] == "epoch_end"] == list(range(1, 121))


def test_a_ladder_that_was_stopped_goes_on(explorer, runs_folder):
    words = "--model ladder --betas 0.1,1 --epochs 60 --width 16 --run climbing"
    status, last_line = interrupted(words)
    assert status == 2
    assert "to continue from there; a ladder can be used once all its rungs are trained" in last_line
    assert "its training was interrupted" in explorer("list").stderr
    explorer("train", *words.split())
    assert find_run("climbing").epochs == 75 and find_run("climbing").note is None


def test_a_killed_training_goes_on_from_its_last_checkpoint(explorer, runs_folder, monkeypatch):
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer", "train", "--epochs", "3000", "--width", "16", "--run", "killed"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    checkpoint = runs_folder / "killed" / "checkpoint.safetensors"
    while not checkpoint.exists():
        time.sleep(0.1)
    process.kill()
    process.wait()
    assert "its training was interrupted" in explorer("list").stderr
    status, last_line = interrupted("--epochs 3000 --width 16 --run killed", epochs=1)
    assert status == 130 and find_run("killed").epochs > 10


def test_training_goes_on_when_nobody_reads_on(runs_folder):
    command = f"{sys.executable} -m explorer train --epochs 40 --width 16 --run read-once --json | head -1"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert json.loads(done.stdout)["event"] == "started" and not done.stderr
    assert find_run("read-once").epochs == 40


def test_a_stop_pressed_too_late_does_not_outlive_its_job(explorer, runs_folder):
    (runs_folder / ".jobs").mkdir(exist_ok=True)
    (runs_folder / ".jobs" / "late.stop").write_bytes(b"")
    for words in (("--run", "late"), ("--queue", "--run", "late", "--seed", 1)):
        explorer("train", "--epochs", 2, "--width", 8, *words)
        assert find_run("late").epochs == 2
        shutil.rmtree(runs_folder / "late")


def test_a_run_is_trained_by_one_process_at_a_time(explorer, runs_folder):
    first = subprocess.Popen(
        [sys.executable, "-m", "explorer", "train", "--epochs", "10000", "--json", "--run", "shared"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while json.loads(first.stdout.readline())["event"] != "epoch_end":
            pass
        assert "shared is being trained already" in refused(
            explorer("train", "--epochs", 10000, "--run", "shared", ok=False)
        )
        assert "Run shared is still being trained. Wait until it has ended.\n" in explorer("list").stderr
        assert first.poll() is None and (runs_folder / "shared" / "events.jsonl").exists()
        first.kill()
        first.wait()
        assert "its training was interrupted" in explorer("list").stderr
        explorer("train", "--epochs", 2, "--width", 8, "--run", "shared")
        assert find_run("shared").epochs == 2
    finally:
        first.kill()
