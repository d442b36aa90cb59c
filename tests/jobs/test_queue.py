"""The queue of trainings, with real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from explorer.errors import UserError
from explorer.jobs import executor, queue
from explorer.jobs.local import LocalExecutor
from explorer.specs import RunSpec
from explorer.store.catalogue import catalogue, find
from tests.jobs.conftest import epochs_of, until

ROOT = Path(__file__).parents[2]
LONG, SHORT = RunSpec(epochs=10_000, width=8), RunSpec(epochs=3, width=8)


def pid_of(run):
    """Of the process that trains it."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if "explorer" in words and "--queue" in words and run in words:
            return int(process.name)


def test_one_trains_the_others_wait_in_order_and_a_stop_moves_them_up(folder):
    where = executor()
    assert isinstance(where, LocalExecutor)
    for run in ("a", "b", "c"):
        where.start(run, LONG)
    assert [(job.run, job.place) for job in queue.jobs()] == [("a", 0), ("b", 1), ("c", 2)] and all(job.alive for job in queue.jobs())
    until(lambda: epochs_of("a"))
    assert not epochs_of("b") and not epochs_of("c")
    queue.ask_to_stop("b")
    until(lambda: queue.job_of("b") is None)
    assert queue.job_of("c").place == 1
    queue.ask_to_stop("a")
    until(lambda: epochs_of("c"))
    assert "Stopped after epoch" in find("a").note and queue.job_of("a") is None and not (folder / "b").exists()


def test_as_many_at_once_as_allowed(folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "2")
    for run in ("a", "b", "c"):
        executor().start(run, LONG)
    until(lambda: epochs_of("a") and epochs_of("b"))
    assert [job.place for job in queue.jobs()] == [0, 0, 1]
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "none")
    with pytest.raises(UserError, match="EXPLORER_MAX_JOBS is a number"):
        queue.most_at_once()
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "2")


def test_the_same_run_asked_for_twice_is_shared(folder):
    for _ in range(50):
        executor().start("same", LONG)
    until(lambda: epochs_of("same"))
    assert len(queue.jobs()) == 1 and len(list((folder / ".jobs").glob("*.json"))) == 1


def test_a_killed_training_is_found_and_goes_on(folder):
    executor().start("killed", LONG)
    until(lambda: (folder / "killed" / "checkpoint.safetensors").exists())
    os.kill(pid_of("killed"), signal.SIGKILL)
    job = until(lambda: (job := queue.job_of("killed")) and not job.alive and job)
    assert job.fault == "Its process ended without a word." and any("broken off" in fault for fault in catalogue()[1])
    before = epochs_of("killed")[-1]
    executor().start("killed", LONG)
    until(lambda: epochs_of("killed") and epochs_of("killed")[-1] > before)
    assert epochs_of("killed")[0] == 1  # the earlier epochs stay told


def test_what_went_wrong_is_kept_until_it_is_tried_again(folder):
    executor().start("deep", RunSpec(network="conv", depth=4))
    job = until(lambda: (job := queue.job_of("deep")) and not job.alive and job)
    assert "image" in job.fault and job.fault.endswith(".") and not (folder / "deep").exists()
    executor().start("deep", SHORT)
    until(lambda: queue.job_of("deep") is None)
    assert find("deep").epochs == 3


def test_images_that_vanish_while_their_training_waits_are_missed_in_a_sentence(folder, tmp_path):
    images = tmp_path / ".images"
    images.mkdir()
    for i in range(6):
        Image.new("L", (30, 30)).save(images / f"{i}.png")
    executor().start("first", LONG)
    executor().start("second", RunSpec(f"folder:{images}", epochs=1, width=8))
    until(lambda: (job := queue.job_of("second")) and job.place)
    shutil.rmtree(images)
    queue.ask_to_stop("first")
    job = until(lambda: (job := queue.job_of("second")) and not job.alive and job)
    assert str(images) in job.fault and "\n" not in job.fault and job.fault.endswith(".")


def test_a_name_that_is_no_folders_is_refused_before_anything_is_written(folder):
    with pytest.raises(UserError, match="can't name a run"):
        executor().start("../up", SHORT)
    assert not list(folder.rglob("*.json"))


def test_a_sweep_makes_one_table(folder):
    command = [sys.executable, "-m", "explorer", "sweep", "--epochs", "3", "--width", "8", "--betas", "0.1,1", "--seeds", "0,1", "--json"]
    rows = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert [(row["beta"], row["seed"]) for row in rows] == [(0.1, 0), (0.1, 1), (1.0, 0), (1.0, 1)]
    for row in rows:
        assert row["elbo"] == find(row["run"]).test.elbo and row["fault"] is None
    again = subprocess.run(command[:-1], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(again.stdout.splitlines()) == 5 and "training" not in again.stderr


@pytest.mark.parametrize("words, says", [
    (["sweep", "--betas", "0.1,x"], "numbers with commas"), (["sweep", "--model", "ladder"], "many KL weights in one training"),
    (["sweep", "--betas", "-1"], "between 0"), (["sweep", "--seeds", ",".join(map(str, range(300)))], "300 trainings"),
    (["stop", "nothing"], "is not being trained"),
])
def test_wrong_sweeps_and_stops_get_a_sentence(folder, words, says):
    done = subprocess.run([sys.executable, "-m", "explorer", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(folder):
    """No file may grow beyond 100 kB: a checkpoint can't be written, nor a run."""
    limited = ("import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
               "from explorer.cli import main; sys.exit(main())")
    words = ["train", "--queue", "--epochs", "2", "--run", "full"]
    done = subprocess.run([sys.executable, "-c", limited, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "could not be written" in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr
    job = queue.job_of("full")
    assert not job.alive and "could not be written" in job.fault and not (folder / "full").exists()
    assert not [fault for fault in catalogue()[1] if "full" in fault]
    executor().start("full", SHORT)  # there is room again
    until(lambda: queue.job_of("full") is None)
    assert find("full").epochs == 3


def test_without_permission_it_is_one_sentence(folder, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("EXPLORER_RUNS", str(folder / "file"))
    with pytest.raises(UserError, match="could not be written.*EXPLORER_RUNS"):
        executor().start("run", SHORT)
    monkeypatch.setenv("EXPLORER_RUNS", str(folder))
