"""The queue of trainings, with real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from explorer.errors import UserError
from explorer.jobs import executor, queue
from explorer.jobs.local import LocalExecutor
from explorer.specs import RunSpec
from explorer.store.catalogue import catalogue, find
from tests.faults.processes import below, trainer_of
from tests.jobs.conftest import epochs_of
from tests.trainings import until

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
LONG, SHORT = RunSpec(epochs=10_000, width=8), RunSpec(epochs=3, width=8)


def test_one_trains_the_others_wait_in_order_and_a_stop_moves_them_up(folder):
    where = executor()
    assert isinstance(where, LocalExecutor)
    for run in ("a", "b", "c"):
        where.start(run, LONG)
    assert [(job.run, job.place) for job in queue.jobs()] == [("a", 0), ("b", 1), ("c", 2)] and all(
        job.alive for job in queue.jobs()
    )
    until(lambda: epochs_of("a"))
    assert not epochs_of("b") and not epochs_of("c")
    queue.ask_to_stop("b")
    until(lambda: queue.job_of("b") is None)
    assert queue.job_of("c").place == 1
    queue.ask_to_stop("a")
    until(lambda: epochs_of("c"))
    assert (
        "Stopped after epoch" in find("a").note and queue.job_of("a") is None and not (folder / "b").exists()
    )


def test_as_many_at_once_as_allowed(folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "2")
    for run in ("a", "b", "c"):
        executor().start(run, LONG)
    until(lambda: epochs_of("a") and epochs_of("b"))
    assert [job.place for job in queue.jobs()] == [0, 0, 1]
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "none")
    with pytest.raises(UserError, match="EXPLORER_MAX_JOBS must be a number"):
        queue.jobs()
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "2")


def test_the_same_run_asked_for_twice_is_shared(folder):
    for _ in range(50):
        executor().start("same", LONG)
    until(lambda: epochs_of("same"))
    assert len(queue.jobs()) == 1 and len(list((folder / ".jobs").glob("*.json"))) == 1


def test_a_job_is_whose_who_started_it_or_the_command_lines(folder):
    executor().start("mine", LONG, "a visitor's key")
    executor().start("mine", LONG, "another visitor's")  # shares it
    until(lambda: epochs_of("mine"))
    with queue.turn("theirs", SHORT, lambda: True):
        assert {job.run: job.by for job in queue.jobs()} == {"mine": "a visitor's key", "theirs": None}
    file = folder / ".jobs" / "old.json"
    queue.enter("old", SHORT)
    told = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(
        json.dumps({name: value for name, value in told.items() if name != "by"}), encoding="utf-8"
    )
    assert queue.job_of("old").alive and queue.job_of("old").by is None
    queue.leave("old")


def test_who_started_a_training_is_known_for_30_days_after_it_has_ended(folder):
    executor().start("mine", SHORT, "a visitor's key")
    until(lambda: queue.job_of("mine") is None)
    with queue.turn("failed", SHORT, lambda: True):
        pass  # it leaves no run
    assert find("mine") and queue.starters() == {"mine": "a visitor's key"}
    (folder / ".jobs" / "ended" / "damaged.json").write_text("[", encoding="utf-8")
    assert queue.starters() == {"mine": "a visitor's key"} and not queue.jobs()
    day = 86_400
    os.utime(folder / ".jobs" / "ended" / "mine.json", (time.time() - 29 * day,) * 2)
    queue.enter("next", SHORT)
    assert queue.starters() == {"mine": "a visitor's key"}
    os.utime(folder / ".jobs" / "ended" / "mine.json", (time.time() - 31 * day,) * 2)
    queue.leave("next")
    queue.enter("next", SHORT)
    assert not queue.starters()
    queue.leave("next")


def test_a_dead_job_is_dead_for_all_who_look_at_once(folder):
    """Its process has held its lock, and has gone."""
    queue.enter("dead", SHORT)
    with queue.turn("waits", SHORT, lambda: True):
        queue._write("dead", SHORT, 0.0, elsewhere=False, by=None, begun=True)
        (folder / ".jobs" / "dead.lock").touch()
        with ThreadPoolExecutor(8) as threads:
            seen = list(threads.map(lambda _: {job.run: job.alive for job in queue.jobs()}, range(800)))
    assert all(alive == {"dead": False, "waits": True} for alive in seen)
    queue.leave("dead")


def test_the_operator_stops_any_and_forgets_what_went_wrong(folder):
    stop = [sys.executable, "-m", "explorer", "stop"]
    executor().start("theirs", LONG, "a visitor's key")
    until(lambda: epochs_of("theirs"))
    subprocess.run([*stop, "theirs"], cwd=ROOT, check=True)
    until(lambda: queue.job_of("theirs") is None)
    queue.enter("wrong", SHORT, by="a visitor's key")
    queue.give_up("wrong", "The disk is full.")
    subprocess.run([*stop, "wrong"], cwd=ROOT, check=True)
    assert not queue.jobs()


def test_a_killed_training_is_found_and_goes_on(folder):
    executor().start("killed", LONG)
    until(lambda: (folder / "killed" / "checkpoint.safetensors").exists())
    os.kill(trainer_of("killed"), signal.SIGKILL)
    job = until(lambda: (job := queue.job_of("killed")) and not job.alive and job)
    assert (
        job.fault
        == "The training process ended unexpectedly. Try again: it continues from its last checkpoint, if"
        " there is one."
    )
    assert any("interrupted" in fault for fault in catalogue()[1])
    before = epochs_of("killed")[-1]
    executor().start("killed", LONG)
    until(lambda: epochs_of("killed") and epochs_of("killed")[-1] > before)
    assert epochs_of("killed")[0] == 1  # the earlier epochs stay told


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells of its processes there")
def test_a_training_that_is_over_leaves_no_process_behind(folder):
    executor().start("over", SHORT)
    pid = until(lambda: trainer_of("over"))
    until(lambda: queue.job_of("over") is None)
    until(lambda: pid not in dict(below(os.getpid())))


def test_a_job_is_dismissed_unless_it_was_tried_again(folder):
    queue.enter("wrong", SHORT)
    queue.give_up("wrong", "The disk is full.")
    queue.enter("wrong", SHORT)  # by another visitor
    queue.dismiss("wrong")
    assert queue.job_of("wrong").alive
    queue.give_up("wrong", "The disk is full.")
    queue.give_up("wrong", "And worse.")
    assert queue.job_of("wrong").fault == "The disk is full."
    queue.dismiss("wrong")
    queue.ask_to_stop("wrong")  # too late
    assert not list((folder / ".jobs").iterdir())


def test_a_job_that_is_called_off_while_it_waits_does_not_train(folder, monkeypatch):
    queue.enter("first", SHORT)
    monkeypatch.setattr(queue.time, "sleep", lambda seconds: queue.leave("second"))
    with queue.turn("second", SHORT) as mine:
        assert mine is False
    queue.leave("first")


@pytest.mark.parametrize("signal_of", [signal.SIGINT, signal.SIGTERM])
def test_who_waits_is_told_to_stop_by_a_signal(folder, signal_of):
    queue.enter("first", SHORT)
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer", "train", "--queue", "--run", "second"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: (job := queue.job_of("second")) and job.place and begun("second"))
    process.send_signal(signal_of)
    assert (
        "Stopped while waiting in the queue" in process.communicate(timeout=20)[1]
        and process.returncode == 130
    )
    assert [job.run for job in queue.jobs()] == ["first"]
    queue.leave("first")


def begun(run):
    return (queue.runs_folder() / ".jobs" / f"{run}.lock").exists()


def test_one_that_is_interrupted_at_once_leaves_the_queue(folder):
    with pytest.raises(KeyboardInterrupt), queue.turn("interrupted", SHORT):
        raise KeyboardInterrupt
    assert not queue.jobs()


def test_what_nobody_foresaw_is_told_in_a_sentence(folder):
    for error, says in (
        (
            RuntimeError("Out of memory.\nTried to allocate"),
            "The training failed: Out of memory (RuntimeError). Try again",
        ),
        (
            PermissionError(13, "Permission denied", "x.npy"),
            "x.npy could not be read or written: Permission denied.",
        ),
    ):
        with pytest.raises(type(error)), queue.turn("broken", SHORT):
            raise error
        job = queue.job_of("broken")
        assert not job.alive and says in job.fault and "\n" not in job.fault


def test_a_full_disk_has_room_for_the_sentence_about_it(folder, monkeypatch):
    def full(path, content):
        raise UserError(f"{path} could not be written: no space left on device.")

    with pytest.raises(UserError), queue.turn("full", SHORT):
        size = (folder / ".jobs" / "full.json").stat().st_size
        monkeypatch.setattr(queue, "write_whole", full)
        raise UserError("There is no room. " * 50)
    assert (
        queue.job_of("full").fault == "There is no room. " * 50
        and (folder / ".jobs" / "full.json").stat().st_size == size
    )


def test_a_clock_set_back_neither_revives_the_dead_nor_lets_anyone_pass(folder, monkeypatch):
    queue.enter("dead", SHORT)
    with queue.turn("first", SHORT, lambda: True):
        now = time.time()
        monkeypatch.setattr(queue.time, "time", lambda: now - 3600)
        queue.enter("second", SHORT)
        os.utime(folder / ".jobs" / "second.json", (now - 3600, now - 3600))  # as the file system then says
        assert [(job.run, job.alive, job.place) for job in queue.jobs()] == [
            ("dead", False, 0),
            ("first", True, 0),
            ("second", True, 1),
        ]
    queue.leave("second")


def test_folders_named_from_where_the_app_was_started_are_its_trainings_too(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("EXPLORER_RUNS", folder.name)
    monkeypatch.setenv("EXPLORER_DATA", "data")
    executor().start("here", SHORT)
    until(lambda: queue.job_of("here") is None)
    assert find("here").folder == folder / "here"


def test_what_went_wrong_is_kept_until_it_is_tried_again(folder):
    executor().start("deep", RunSpec(network="conv", depth=4))
    job = until(lambda: (job := queue.job_of("deep")) and not job.alive and job)
    assert "image" in job.fault and job.fault.endswith(".") and not (folder / "deep").exists()
    executor().start("deep", SHORT)
    until(lambda: queue.job_of("deep") is None)
    assert find("deep").epochs == 3


def test_a_fault_is_told_while_its_job_is_alive(folder, monkeypatch):
    """Or who looks in between would see a process that ended without a word."""
    give_up, alive = queue.give_up, []
    monkeypatch.setattr(
        queue, "give_up", lambda *told: (alive.append(queue.job_of("a").alive), give_up(*told))
    )
    with pytest.raises(UserError), queue.turn("a", SHORT) as mine:
        assert mine
        raise UserError("It can't be done.")
    assert alive == [True] and (queue.job_of("a").alive, queue.job_of("a").fault) == (
        False,
        "It can't be done.",
    )


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
    with pytest.raises(UserError, match="cannot be the name of a run"):
        executor().start("../up", SHORT)
    assert not list(folder.rglob("*.json"))


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(folder):
    """No file may grow beyond 100 kB: a checkpoint can't be written, nor a run."""
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
        "from explorer.cli.parser import main; sys.exit(main())"
    )
    words = ["train", "--queue", "--epochs", "2", "--run", "full"]
    done = subprocess.run([sys.executable, "-c", limited, *words], cwd=ROOT, capture_output=True, text=True)
    assert (
        done.returncode == 2
        and "could not be written" in done.stderr.splitlines()[-1]
        and "Traceback" not in done.stderr
    )
    job = queue.job_of("full")
    assert not job.alive and "could not be written" in job.fault and not (folder / "full").exists()
    assert not [fault for fault in catalogue()[1] if "full" in fault]
    executor().start("full", SHORT)  # there is room again
    until(lambda: queue.job_of("full") is None)
    assert find("full").epochs == 3


def test_without_permission_it_is_one_sentence(folder, monkeypatch):
    (folder / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("EXPLORER_RUNS", str(folder / "file"))
    with pytest.raises(UserError, match="could not be written.*EXPLORER_RUNS"):
        executor().start("run", SHORT)
    monkeypatch.setenv("EXPLORER_RUNS", str(folder))
