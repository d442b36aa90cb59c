"""Which tests the default leaves out; runs that tests share, trained once, on real images, in a few seconds;
and the command line.
"""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock

from explorer.specs import RunSpec

# The workers of xdist occupy the cores: with more threads each would wait for the others.
os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).parents[1]
BROWSER_FOLDERS, SMOKE_TEST = {"browser", "engines"}, "test_smoke.py"
SPECS = {
    "tiny-vae": RunSpec("digits", likelihood="gaussian", epochs=20, width=32, lr=5e-3),
    "tiny-ae": RunSpec("digits", model="ae", epochs=5, width=32),
    "tiny-vae-1d": RunSpec("digits", likelihood="gaussian", latent_dim=1, epochs=20, width=32, lr=5e-3),
    "tiny-ladder": RunSpec(
        "digits",
        model="ladder",
        betas="0.01,0.1,1",
        likelihood="gaussian",
        epochs=10,
        rung_epochs=4,
        width=32,
        lr=5e-3,
    ),
    "tiny-vqvae": RunSpec("digits", model="vqvae", latent_dim=6, n_codes=12, epochs=60, width=32, lr=5e-3),
    "tiny-vae-6d": RunSpec("digits", likelihood="gaussian", latent_dim=6, epochs=20, width=32, lr=5e-3),
}


def pytest_collection_modifyitems(items):
    """Mark the tests that need a browser, except the smoke test, and those that call the command line in a
    process of its own. Other tests with processes of their own are marked where they are written.
    """
    for item in items:
        if item.path.parent.name in BROWSER_FOLDERS and item.path.name != SMOKE_TEST:
            item.add_marker("browser")
        if "explorer" in item.fixturenames:
            item.add_marker("process")


@pytest.fixture(scope="session")
def trained_runs(tmp_path_factory):
    """Train small runs in a folder, once for all workers of xdist, each of which has a copy; tests that
    change files use a copy of their own, `runs_folder`.
    """
    from explorer.runs.train import train_run

    folder, own = tmp_path_factory.mktemp("runs"), tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "trained"
    with FileLock(f"{shared}.lock"):
        for name, spec in SPECS.items() if not shared.exists() else ():
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("EXPLORER_RUNS", str(folder))
                train_run(spec, name)
        if not shared.exists():
            shutil.copytree(folder, f"{shared}.part")
            os.rename(f"{shared}.part", shared)
    return shutil.copytree(shared, folder, dirs_exist_ok=True)


@pytest.fixture
def runs_folder(trained_runs, tmp_path, monkeypatch):
    """Set EXPLORER_RUNS to this test's own copy of the small runs."""
    folder = shutil.copytree(trained_runs, tmp_path / "runs")
    monkeypatch.setenv("EXPLORER_RUNS", str(folder))
    return folder


@pytest.fixture
def explorer(runs_folder, tmp_path):
    """Return a function that calls the command line in a process of its own."""

    def call(*words, ok=True):
        env = os.environ | {"EXPLORER_DATA": str(tmp_path / "data")}
        done = subprocess.run(
            [sys.executable, "-m", "explorer", *map(str, words)],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stderr
        assert (done.returncode == 0) == ok, done.stderr
        return done

    return call


@pytest.fixture
def explorer_in_process(runs_folder, tmp_path, monkeypatch, capsys):
    """Return a function that calls the command line in this process, which takes a hundredth of the time."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    # Restored afterwards, because `train` sets it.
    monkeypatch.setenv("GOMP_SPINCOUNT", os.environ["GOMP_SPINCOUNT"])

    return partial(call_in_process, capsys)


def call_in_process(capsys, *words) -> subprocess.CompletedProcess:
    """Call the command line in this process."""
    from explorer.cli.parser import main

    capsys.readouterr()
    try:
        status = main([str(word) for word in words])
    except SystemExit as end:  # raised by argparse
        status = end.code
    return subprocess.CompletedProcess(words, status, *capsys.readouterr())


def refused(done) -> str:
    """Check that a user's mistake gives one line on stderr, exit status 2, and nothing on stdout; return the
    line.
    """
    assert done.returncode == 2 and not done.stdout
    [line] = done.stderr.splitlines()
    return line
