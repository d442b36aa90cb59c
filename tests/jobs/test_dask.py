"""Training on a real local cluster: a scheduler and two workers, processes of their own."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from explorer.errors import UserError
from explorer.jobs import create_executor, queue
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from tests.jobs.conftest import epochs_of
from tests.trainings import stop_all, until

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]


@contextmanager
def started_cluster(patch):
    """Start a cluster with two workers, and yield their processes."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=0, processes=True, host="127.0.0.1", dashboard_address=None
    ) as scheduler:
        command = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            scheduler.scheduler_address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
        ]
        workers = [
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(2)
        ]
        try:
            patch.setenv("EXPLORER_SCHEDULER", scheduler.scheduler_address)
            with distributed.Client(scheduler.scheduler_address, set_as_default=False) as client:
                client.wait_for_workers(2, timeout=300)
            yield workers
        finally:
            stop_all()
            for worker in workers:
                worker.kill()
                worker.wait()


@pytest.fixture
def cluster(folder, monkeypatch):
    """Start a cluster for a test that kills its workers."""
    with started_cluster(monkeypatch) as workers:
        yield workers


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory):
    """Start a cluster for the tests that leave it as it is, and return the folder of its runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(folder := tmp_path_factory.mktemp("runs")))
        with started_cluster(patch):
            yield folder


def test_a_run_is_trained_by_a_worker(shared_folder):
    create_executor().start("there", RunSpec(epochs=3, width=8))
    until(lambda: queue.find_job("there") is None)
    assert find_run("there").epochs == 3


def test_what_breaks_down_on_a_worker_is_told(shared_folder):
    create_executor().start("deep", RunSpec(network="conv", depth=4))
    job = until(lambda: (job := queue.find_job("deep")) and not job.alive and job)
    assert "cannot be halved" in job.fault
    queue.dismiss("deep")


def test_as_many_train_as_there_are_workers_and_one_that_waits_can_be_called_off(shared_folder):
    for run in ("a", "b", "c"):
        create_executor().start(run, RunSpec(epochs=10_000, width=8))
    until(lambda: sum(bool(epochs_of(run)) for run in "abc") == 2)
    [waiting] = [run for run in "abc" if not epochs_of(run)]
    assert all(job.alive and not job.jobs_ahead for job in queue.list_jobs())
    queue.request_stop(waiting)
    assert queue.find_job(waiting) is None
    for run in {"a", "b", "c"} - {waiting}:
        queue.request_stop(run)
    until(lambda: not queue.list_jobs())
    assert not (shared_folder / waiting).exists()


def test_a_lost_workers_run_goes_on_elsewhere(cluster, folder):
    create_executor().start("moving", RunSpec(epochs=10_000, width=8))
    until(lambda: (folder / "moving" / "checkpoint.safetensors").exists())
    busy = next(worker for worker in cluster if holds(worker.pid, folder / ".jobs" / "moving.lock"))
    before = epochs_of("moving")[-1]
    os.kill(busy.pid, signal.SIGKILL)
    until(lambda: epochs_of("moving") and epochs_of("moving")[-1] > before + 5)
    queue.request_stop("moving")
    until(lambda: queue.find_job("moving") is None)
    assert re.match("Stopped after epoch", find_run("moving").note)
    assert epochs_of("moving") == list(range(1, find_run("moving").epochs + 1))


def holds(pid: int, file: Path) -> bool:
    return any(os.path.realpath(fd) == str(file) for fd in Path(f"/proc/{pid}/fd").iterdir())


def test_a_run_that_the_cluster_gives_up_says_so(cluster, folder):
    """Kill the workers of a run, all but the last that the scheduler would try."""
    create_executor().start("killer", RunSpec(epochs=10_000, width=8))
    create_executor().client.run_on_scheduler(give_up_at_once)
    until(lambda: epochs_of("killer"))
    for worker in cluster:
        worker.kill()
    job = until(lambda: (job := queue.find_job("killer")) and not job.alive and job)
    assert "KilledWorker" in job.fault and "\n" not in job.fault


def give_up_at_once(dask_scheduler):
    dask_scheduler.allowed_failures = 0


def test_a_lost_scheduler_is_told(folder, monkeypatch):
    pytest.importorskip("distributed")
    command = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(folder / ".scheduler.json"),
    ]
    scheduler = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until((folder / ".scheduler.json").exists)
        monkeypatch.setenv(
            "EXPLORER_SCHEDULER",
            json.loads((folder / ".scheduler.json").read_text(encoding="utf-8"))["address"],
        )
        create_executor().start("lost", RunSpec())  # no worker takes the task
        assert queue.find_job("lost").alive
        scheduler.kill()
        job = until(lambda: (job := queue.find_job("lost")) and not job.alive and job)
        assert "scheduler was lost" in job.fault
    finally:
        scheduler.kill()
        scheduler.wait()


def test_a_scheduler_that_does_not_answer_gets_a_sentence(folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_SCHEDULER", "tcp://127.0.0.1:1")
    with pytest.raises(UserError, match="No Dask scheduler answers at EXPLORER_SCHEDULER=tcp://127.0.0.1:1"):
        create_executor()
