"""The package: what it needs, and that it opens the app from any folder."""

import json
import os
import socket
import subprocess
import sys
import time
import tomllib
import zipfile
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from explorer import __main__ as command
from explorer.runs.citation import APP, read_references
from explorer.store.catalogue import SHIPPED_FOLDER
from tests.browser.launch import free_port
from tests.conftest import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
START = 60  # seconds, at most, until the app answers
SHIPPED_RUNS = set((SHIPPED_FOLDER / "shipped.txt").read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Return a folder with the unpacked wheel, built without a network."""
    folder = tmp_path_factory.mktemp("package")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def start(installed: Path, home: Path, *arguments: str) -> subprocess.Popen:
    """Start the installed command line in an empty folder, for a user with an empty home."""
    (home / "empty").mkdir(parents=True)
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("EXPLORER_", "STREAMLIT_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "explorer", *arguments],
        cwd=home / "empty",
        env=variables | {"PYTHONPATH": str(installed), "HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_package_adds_one_name_and_one_command(installed):
    assert {p.name for p in installed.iterdir() if p.suffix != ".dist-info"} == {"explorer"}
    entry_points = next(installed.glob("*.dist-info/entry_points.txt")).read_text(encoding="utf-8")
    assert "latent-space-explorer = explorer.__main__:run_installed" in entry_points
    inside = {
        p.relative_to(installed / "explorer/_app").as_posix() for p in installed.glob("explorer/_app/*/*")
    }
    figures = [p.relative_to(ROOT) for p in (ROOT / "explorer/live").rglob("*.*s")]  # JavaScript and CSS
    assert len(figures) > 40 and not [p for p in figures if not (installed / p).is_file()]
    pages = {f"pages/{p.name}" for p in ROOT.glob("pages/*.py")}
    beside = {f"trained/{p.name}" for p in SHIPPED_FOLDER.glob("*.safetensors")}
    assert inside == pages | beside | {f"trained/{name}" for name in SHIPPED_RUNS} | {
        ".streamlit/config.toml",
        "trained/README.md",
        "trained/factors.csv",
        "trained/shipped.txt",
        "trained/starts.csv",
    }


@pytest.mark.process
def test_installed_it_finds_the_included_runs_and_saves_new_ones_at_home(installed, tmp_path):
    with start(installed, tmp_path / "a", "list", "--json") as process:
        assert {run["run"] for run in json.loads(process.stdout.read())} == SHIPPED_RUNS
    settings = ("--dataset", "moons", "--epochs", "1", "--run", "new")
    with start(installed, tmp_path / "b", "train", *settings) as process:
        process.communicate()
    assert process.returncode == 0
    assert (tmp_path / "b/.local/share/latent-space-explorer/runs/new/run.json").is_file()


@pytest.mark.process
def test_installed_it_serves_the_app_on_this_machine_alone(installed, tmp_path):
    port = free_port()
    options = ("--server.port", str(port), "--server.headless", "true")
    process = start(installed, tmp_path, "open", *options)
    try:
        until = time.monotonic() + START
        while (status := status_of(port)) is None and time.monotonic() < until:
            time.sleep(0.1)
        assert status == 200
        assert status_of(port, "evil.example") == 403  # by the middleware and the options of the app
        with pytest.raises(OSError):  # 127.0.0.2 is this machine too
            socket.create_connection(("127.0.0.2", port), timeout=5)
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.mark.parametrize("words, expected", [([], ["open"]), (["list", "--json"], ["list", "--json"])])
def test_the_command_opens_the_app_if_no_arguments_are_given(monkeypatch, words, expected):
    monkeypatch.setattr(sys, "argv", ["latent-space-explorer", *words])
    monkeypatch.setattr(command, "main", lambda argv: 3 if argv == expected else 4)
    monkeypatch.setattr(command.gc, "freeze", lambda: None)
    with pytest.raises(SystemExit, match="3"):
        command.run_installed()


def status_of(port: int, host: str = "localhost") -> int | None:
    """Return the status of the first page, or None while nobody answers."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        try:
            connection.request("GET", "/", headers={"Host": host})
            return connection.getresponse().status
        except ConnectionRefusedError:
            return None


def test_the_pinned_versions_are_those_that_the_package_allows():
    pins = [
        line.partition("#")[0].strip()
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    ]
    pinned = {r.name: next(iter(r.specifier)).version for r in map(Requirement, filter(None, pins))}
    extras = [r for group in PROJECT["optional-dependencies"].values() for r in group]
    expected = [*map(Requirement, PROJECT["dependencies"] + extras)]
    expected += map(Requirement, PYPROJECT["build-system"]["requires"])
    needed = [r for r in expected if r.name != PROJECT["name"]]
    assert {r.name for r in needed} == set(pinned)
    assert not [str(r) for r in needed if not r.specifier.contains(pinned[r.name])]


def test_all_files_name_the_same_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version = {{{PROJECT['version']}}}" in read_references()[APP]
    assert f"version: {PROJECT['version']}\n" in citation and f"\n## {PROJECT['version']} – " in changes
