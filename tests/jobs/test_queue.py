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

from explorer.cli.parser import main
from explorer.errors import UserError
from explorer.jobs import create_executor, queue
from explorer.jobs.local import LocalExecutor
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run, list_runs
from tests.faults.processes import below, trainer_of
from tests.jobs.conftest import epochs_of
from tests.trainings import until

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
PROC = Path("/proc/self/stat").exists()  # only Linux tells of its processes there
LONG, SHORT = RunSpec(epochs=10_000, width=8), RunSpec(epochs=3, width=8)


def test_one_trains_the_others_wait_in_order_and_a_stop_moves_them_up(folder):
    executor = create_executor()
    assert isinstance(executor, LocalExecutor)
    for run in ("a", "b", "c"):
        executor.start(run, LONG)
    assert [(job.run, job.jobs_ahead) for job in queue.list_jobs()] == [("a", 0), ("b", 1), ("c", 2)]
    assert all(job.alive for job in queue.list_jobs())
    until(lambda: epochs_of("a"))
    assert not epochs_of("b") and not epochs_of("c")
    queue.request_stop("b")
    until(lambda: queue.find_job("b") is None)
    assert queue.find_job("c").jobs_ahead == 1
    queue.request_stop("a")
    until(lambda: epochs_of("c"))
    assert "Stopped after epoch" in find_run("a").note
    assert queue.find_job("a") is None
    assert not (folder / "b").exists()


def test_as_many_at_once_as_allowed(folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "2")
    for run in ("a", "b", "c"):
        create_executor().start(run, LONG)
    until(lambda: epochs_of("a") and epochs_of("b"))
    assert [job.jobs_ahead for job in queue.list_jobs()] == [0, 0, 1]
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "none")
    with pytest.raises(UserError, match="EXPLORER_MAX_JOBS must be a number"):
        queue.list_jobs()
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "2")


def test_a_run_asked_for_often_is_shared_and_whose_who_started_it_or_the_command_lines(folder):
    create_executor().start("mine", LONG, "a visitor's key")
    for _ in range(50):
        create_executor().start("mine", LONG, "another visitor's")
    until(lambda: epochs_of("mine"))
    assert len(queue.list_jobs()) == 1 and len(list((folder / ".jobs").glob("*.json"))) == 1
    with queue.wait_for_turn("theirs", SHORT, lambda: True):
        assert {job.run: job.started_by for job in queue.list_jobs()} == {
            "mine": "a visitor's key",
            "theirs": None,
        }
    file = folder / ".jobs" / "old.json"
    queue.enqueue("old", SHORT)
    record = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(
        json.dumps({name: value for name, value in record.items() if name != "by"}), encoding="utf-8"
    )
    assert queue.find_job("old").alive and queue.find_job("old").started_by is None
    queue.remove("old")


def test_a_training_that_ends_leaves_no_process_and_is_known_by_who_started_it_for_30_days(folder):
    create_executor().start("mine", SHORT, "a visitor's key")
    pid = until(lambda: trainer_of("mine")) if PROC else None
    until(lambda: queue.find_job("mine") is None)
    until(lambda: not PROC or pid not in dict(below(os.getpid())))
    with queue.wait_for_turn("failed", SHORT, lambda: True):
        pass  # it leaves no run
    assert find_run("mine") and queue.read_starters() == {"mine": "a visitor's key"}
    (folder / ".jobs" / "ended" / "damaged.json").write_text("[", encoding="utf-8")
    assert queue.read_starters() == {"mine": "a visitor's key"} and not queue.list_jobs()
    day = 86_400
    os.utime(folder / ".jobs" / "ended" / "mine.json", (time.time() - 29 * day,) * 2)
    queue.enqueue("next", SHORT)
    assert queue.read_starters() == {"mine": "a visitor's key"}
    os.utime(folder / ".jobs" / "ended" / "mine.json", (time.time() - 31 * day,) * 2)
    queue.remove("next")
    queue.enqueue("next", SHORT)
    assert not queue.read_starters()
    queue.remove("next")


def test_a_dead_job_is_dead_for_all_who_look_at_once(folder):
    """Use a job whose process has held its lock, and has ended."""
    queue.enqueue("dead", SHORT)
    with queue.wait_for_turn("waits", SHORT, lambda: True):
        queue._write_job("dead", SHORT, 0.0, on_cluster=False, started_by=None, begun=True)
        (folder / ".jobs" / "dead.lock").touch()
        with ThreadPoolExecutor(8) as threads:
            seen = list(threads.map(lambda _: {job.run: job.alive for job in queue.list_jobs()}, range(800)))
    assert all(alive == {"dead": False, "waits": True} for alive in seen)
    queue.remove("dead")


def test_the_operator_stops_any_and_forgets_what_went_wrong(folder):
    create_executor().start("theirs", LONG, "a visitor's key")
    until(lambda: epochs_of("theirs"))
    assert not main(["stop", "theirs"])
    until(lambda: queue.find_job("theirs") is None)
    queue.enqueue("wrong", SHORT, started_by="a visitor's key")
    queue.record_failure("wrong", "The disk is full.")
    assert not main(["stop", "wrong"])
    assert not queue.list_jobs()


def test_a_killed_training_is_found_and_goes_on(folder):
    create_executor().start("killed", LONG)
    until(lambda: (folder / "killed" / "checkpoint.safetensors").exists())
    os.kill(trainer_of("killed"), signal.SIGKILL)
    job = until(lambda: (job := queue.find_job("killed")) and not job.alive and job)
    assert (
        job.fault
        == "The training process ended unexpectedly. Try again: it continues from its last checkpoint, if"
        " there is one."
    )
    assert any("interrupted" in fault for fault in list_runs()[1])
    before = epochs_of("killed")[-1]
    create_executor().start("killed", LONG)
    until(lambda: epochs_of("killed") and epochs_of("killed")[-1] > before)
    assert epochs_of("killed")[0] == 1  # the events of earlier epochs are kept


def test_a_job_is_dismissed_unless_it_was_tried_again(folder):
    queue.enqueue("wrong", SHORT)
    queue.record_failure("wrong", "The disk is full.")
    queue.enqueue("wrong", SHORT)  # by another visitor
    queue.dismiss("wrong")
    assert queue.find_job("wrong").alive
    queue.record_failure("wrong", "The disk is full.")
    queue.record_failure("wrong", "And worse.")
    assert queue.find_job("wrong").fault == "The disk is full."
    queue.dismiss("wrong")
    queue.request_stop("wrong")  # too late
    assert not list((folder / ".jobs").iterdir())


def test_a_job_that_is_called_off_while_it_waits_does_not_train(folder, monkeypatch):
    queue.enqueue("first", SHORT)
    monkeypatch.setattr(queue.time, "sleep", lambda seconds: queue.remove("second"))
    with queue.wait_for_turn("second", SHORT) as mine:
        assert mine is False
    queue.remove("first")


@pytest.mark.parametrize("signal_of", [signal.SIGINT, signal.SIGTERM])
def test_who_waits_is_told_to_stop_by_a_signal(folder, signal_of):
    queue.enqueue("first", SHORT)
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer", "train", "--queue", "--run", "second"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: (job := queue.find_job("second")) and job.jobs_ahead and begun("second"))
    process.send_signal(signal_of)
    assert "Stopped while waiting in the queue" in process.communicate(timeout=20)[1]
    assert process.returncode == 130
    assert [job.run for job in queue.list_jobs()] == ["first"]
    queue.remove("first")


def begun(run):
    return (queue.runs_folder() / ".jobs" / f"{run}.lock").exists()


def test_one_that_is_interrupted_at_once_leaves_the_queue(folder):
    with pytest.raises(KeyboardInterrupt), queue.wait_for_turn("interrupted", SHORT):
        raise KeyboardInterrupt
    assert not queue.list_jobs()


def test_what_nobody_foresaw_is_told_in_a_sentence(folder):
    for error, message in (
        (
            RuntimeError("Out of memory.\nTried to allocate"),
            "The training failed: Out of memory (RuntimeError). Try again",
        ),
        (
            PermissionError(13, "Permission denied", "x.npy"),
            "x.npy could not be read or written: Permission denied.",
        ),
    ):
        with pytest.raises(type(error)), queue.wait_for_turn("broken", SHORT):
            raise error
        job = queue.find_job("broken")
        assert not job.alive and message in job.fault and "\n" not in job.fault


def test_a_full_disk_has_room_for_the_sentence_about_it(folder, monkeypatch):
    def full(path, content):
        raise UserError(f"{path} could not be written: no space left on device.")

    with pytest.raises(UserError), queue.wait_for_turn("full", SHORT):
        size = (folder / ".jobs" / "full.json").stat().st_size
        monkeypatch.setattr(queue, "write_atomically", full)
        raise UserError("There is no room. " * 50)
    assert queue.find_job("full").fault == "There is no room. " * 50
    assert (folder / ".jobs" / "full.json").stat().st_size == size


def test_a_clock_set_back_neither_revives_the_dead_nor_lets_anyone_pass(folder, monkeypatch):
    queue.enqueue("dead", SHORT)
    with queue.wait_for_turn("first", SHORT, lambda: True):
        now = time.time()
        monkeypatch.setattr(queue.time, "time", lambda: now - 3600)
        queue.enqueue("second", SHORT)
        # As the file system then reports.
        os.utime(folder / ".jobs" / "second.json", (now - 3600, now - 3600))
        assert [(job.run, job.alive, job.jobs_ahead) for job in queue.list_jobs()] == [
            ("dead", False, 0),
            ("first", True, 0),
            ("second", True, 1),
        ]
    queue.remove("second")


def test_folders_named_from_where_the_app_was_started_are_its_trainings_too(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("EXPLORER_RUNS", folder.name)
    monkeypatch.setenv("EXPLORER_DATA", "data")
    create_executor().start("here", SHORT)
    until(lambda: queue.find_job("here") is None)
    assert find_run("here").folder == folder / "here"


def test_what_went_wrong_is_kept_until_it_is_tried_again(folder):
    create_executor().start("deep", RunSpec(network="conv", depth=4))
    job = until(lambda: (job := queue.find_job("deep")) and not job.alive and job)
    assert "image" in job.fault and job.fault.endswith(".") and not (folder / "deep").exists()
    create_executor().start("deep", SHORT)
    until(lambda: queue.find_job("deep") is None)
    assert find_run("deep").epochs == 3


def test_a_fault_is_told_while_its_job_is_alive(folder, monkeypatch):
    """Check the order: otherwise a reader could see a process that ended without a message."""
    give_up, alive = queue.record_failure, []
    monkeypatch.setattr(
        queue,
        "record_failure",
        lambda *arguments: (alive.append(queue.find_job("a").alive), give_up(*arguments)),
    )
    with pytest.raises(UserError), queue.wait_for_turn("a", SHORT) as mine:
        assert mine
        raise UserError("It can't be done.")
    assert alive == [True]
    assert (queue.find_job("a").alive, queue.find_job("a").fault) == (
        False,
        "It can't be done.",
    )


def test_images_that_vanish_while_their_training_waits_are_missed_in_a_sentence(folder, tmp_path):
    images = tmp_path / ".images"
    images.mkdir()
    for i in range(6):
        Image.new("L", (30, 30)).save(images / f"{i}.png")
    create_executor().start("first", LONG)
    create_executor().start("second", RunSpec(f"folder:{images}", epochs=1, width=8))
    until(lambda: (job := queue.find_job("second")) and job.jobs_ahead)
    shutil.rmtree(images)
    queue.request_stop("first")
    job = until(lambda: (job := queue.find_job("second")) and not job.alive and job)
    assert str(images) in job.fault and "\n" not in job.fault and job.fault.endswith(".")


def test_a_name_that_is_no_folders_is_refused_before_anything_is_written(folder):
    with pytest.raises(UserError, match="cannot be the name of a run"):
        create_executor().start("../up", SHORT)
    assert not list(folder.rglob("*.json"))


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(folder):
    """Limit files to 100 kB: neither a checkpoint nor a run can be written."""
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
        "from explorer.cli.parser import main; sys.exit(main())"
    )
    words = ["train", "--queue", "--epochs", "2", "--run", "full"]
    done = subprocess.run([sys.executable, "-c", limited, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "could not be written" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    job = queue.find_job("full")
    assert not job.alive and "could not be written" in job.fault and not (folder / "full").exists()
    assert not [fault for fault in list_runs()[1] if "full" in fault]
    create_executor().start("full", SHORT)  # there is room again
    until(lambda: queue.find_job("full") is None)
    assert find_run("full").epochs == 3


def test_without_permission_it_is_one_sentence(folder, monkeypatch):
    (folder / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("EXPLORER_RUNS", str(folder / "file"))
    with pytest.raises(UserError, match="could not be written.*EXPLORER_RUNS"):
        create_executor().start("run", SHORT)
    monkeypatch.setenv("EXPLORER_RUNS", str(folder))
