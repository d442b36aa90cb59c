"""Sweeps, in this process and with processes of their own."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.facts import read_facts
from explorer.jobs import create_executor, queue, sweep
from explorer.jobs.local import LocalExecutor
from explorer.latent.disentanglement import measure_separation
from explorer.recipe import usual_settings
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from tests.conftest import call_in_process, refused
from tests.jobs.conftest import epochs_of
from tests.trainings import until

ROOT = Path(__file__).parents[2]
LONG, SHORT = RunSpec(epochs=10_000, width=8), RunSpec(epochs=3, width=8)


@pytest.fixture
def sweep_here(folder, monkeypatch, capsys):
    """Return a function that calls `sweep` in this process, where it also trains, and returns its output."""

    class Here:
        max_queued = 4

        def start(self, run, spec):
            train_run(spec, run)
            return True

    monkeypatch.setattr(sweep, "create_executor", Here)
    monkeypatch.setattr(sweep, "POLL_INTERVAL_SECONDS", 0)

    def call(*words):
        done = call_in_process(capsys, "sweep", "--width", 8, *words)
        assert not done.returncode, done.stderr
        return done

    return call


def test_a_sweep_makes_one_table(sweep_here):
    words = ("--epochs", 3, "--betas", "0.1,1", "--seeds", "0,1")
    rows = json.loads(sweep_here(*words, "--json").stdout)
    assert [(row["beta"], row["seed"]) for row in rows] == [(0.1, 0), (0.1, 1), (1.0, 0), (1.0, 1)]
    for row in rows:
        assert row["elbo"] == find_run(row["run"]).test.elbo and row["fault"] is None
    again = sweep_here(*words)
    assert len(again.stdout.splitlines()) == 5 and "training" not in again.stderr


@pytest.mark.process
def test_a_sweep_trains_in_processes_of_its_own(folder):
    command = [sys.executable, "-m", "explorer", "sweep", "--epochs", "3", "--width", "8"]
    command += ["--seeds", "0,1", "--json"]
    rows = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert [row["elbo"] for row in rows] == [find_run(row["run"]).test.elbo for row in rows]
    assert [(row["seed"], row["fault"]) for row in rows] == [(0, None), (1, None)]


def test_active_units_are_shown_for_vaes_only(sweep_here):
    for model, shown in (("ae", False), ("vae", True)):
        heads, row = (
            line.split() for line in sweep_here("--epochs", 1, "--model", model).stdout.splitlines()
        )
        assert heads[-1] == "active_units" and (row[-1].isdecimal() if shown else row[-1] == "–")


def test_a_sweep_has_few_under_way_at_a_time(folder, monkeypatch):
    """Use a fake executor, whose trainings end without a run, one at every look."""
    most_seen, started = [], []

    class Fake:
        max_queued = 4

        def start(self, run, spec):
            started.append(run)
            return queue.enqueue(run, spec)

    def look(seconds):
        most_seen.append(len(queue.list_jobs()))
        queue.remove(queue.list_jobs()[0].run)

    monkeypatch.setattr(sweep, "create_executor", Fake)
    monkeypatch.setattr(sweep.time, "sleep", look)
    specs = sweep.combinations(lambda latent_dim, beta: SHORT, [1.0], [2], list(range(9)))
    rows = sweep.run_sweep(specs, lambda done, under_way: None)
    assert started == [spec.run_id for spec in specs] and most_seen == [4, 4, 4, 4, 4, 4, 3, 2, 1]
    assert all(row["fault"] == "It was not trained. Run the sweep again." for row in rows)
    assert LocalExecutor().max_queued == 4


def test_own_images_have_the_settings_that_are_usual_for_each_dimension(tmp_path, monkeypatch, capsys):
    images = np.random.default_rng(0).integers(0, 255, (100, 28, 28, 3), np.uint8)
    for i, image in enumerate(images):
        Image.fromarray(image).save(tmp_path / f"{i}.png")
    swept = []
    monkeypatch.setattr(sweep, "run_sweep", lambda specs, *_: swept.extend(specs) or [])
    call_in_process(
        capsys, "sweep", "--dataset", f"folder:{tmp_path}", "--latent-dims", "2,16", "--betas", "0,1"
    )
    facts = read_facts(f"folder:{tmp_path}")
    given = {"dataset": f"folder:{tmp_path}", "seed": 0}
    expected = [
        usual_settings(facts, given | {"latent_dim": d, "beta": b})[0] for d in (2, 16) for b in (0.0, 1.0)
    ]
    assert swept == expected and len({spec.augment for spec in swept}) == 2
    assert [spec.beta_warmup > 0 for spec in swept] == [False, True, False, True]


@pytest.mark.process
def test_a_sweep_that_is_told_to_stop_stops_what_it_started_and_nothing_else(folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_MAX_JOBS", "2")
    shared, started, waiting = (RunSpec(epochs=10_000, width=8, seed=seed).run_id for seed in (0, 1, 2))
    create_executor().start(shared, RunSpec(epochs=10_000, width=8))
    command = [
        sys.executable,
        "-m",
        "explorer",
        "sweep",
        "--epochs",
        "10000",
        "--width",
        "8",
        "--seeds",
        "0,1,2",
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: epochs_of(shared) and epochs_of(started) and queue.find_job(waiting))
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in errors
    assert "Stopped, together with the trainings that this sweep had started" in errors
    lines = output.splitlines()
    assert f"Stopped after epoch {find_run(started).epochs} of 10000" in lines[2]
    assert "It was not trained." in lines[3]
    assert [(job.run, job.alive) for job in queue.list_jobs()] == [(shared, True)]
    assert not queue.is_stop_requested(shared)


@pytest.mark.parametrize(
    "words, message",
    [
        (["sweep", "--betas", "0.1,x"], "numbers separated by commas"),
        (["sweep", "--model", "ladder"], "many KL weights in one training"),
        (["sweep", "--betas", "-1"], "between 0"),
        (["sweep", "--seeds", ",".join(map(str, range(300)))], "300 trainings"),
        (["stop", "nothing"], "No training of nothing is running or waiting"),
    ],
)
def test_wrong_sweeps_and_stops_get_a_sentence(folder, capsys, words, message):
    assert message in refused(call_in_process(capsys, *words))


def test_where_factors_are_known_a_sweep_tells_mig_and_sap_of_each_seed(sweep_here):
    words = ("--dataset", "moons", "--epochs", 1, "--seeds", "0,1")
    rows = json.loads(sweep_here(*words, "--json").stdout)
    table = sweep.format_table(rows)
    assert table.splitlines()[0].split()[-2:] == ["mig", "sap"]
    for row, line in zip(rows, table.splitlines()[1:]):
        e = read_embedding(find_run(row["run"]))
        separation = measure_separation(e.mu, e.factors)
        assert (row["mig"], row["sap"]) == (separation.mig.value, separation.sap.value)
        assert line.split()[-2:] == [f"{row['mig']:.2f}", f"{row['sap']:.2f}"]
