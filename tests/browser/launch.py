"""The app and a browser, started for tests and for the pictures of the documentation."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from playwright.sync_api import Browser, Playwright, sync_playwright

ROOT = Path(__file__).parents[2]
PAGES = [
    "",
    *sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "home"),
]  # of the address
INSTALLED = "chromium-headless-shell", "chromium", "google-chrome"  # the first draws the same with less work
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


@contextmanager
def running_app(script: str = "app.py") -> Iterator[str]:
    """Start the app as in the README, or another script, on a free port, and yield its address."""
    with app_process(script) as (address, _):
        yield address


@contextmanager
def app_process(
    script: str = "app.py", port: int = 0, root: Path = ROOT
) -> Iterator[tuple[str, subprocess.Popen]]:
    """Start the app as running_app() does, and yield its address and process; on the port, if one is given.
    root: the project, or a copy of it.
    """
    port = port or free_port()
    has_figures = "explorer.ui" in (root / script).read_text(encoding="utf-8") and script != "app.py"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(ROOT / "tests/browser/script_app.py") if has_figures else script,
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    env = os.environ | {"TEST_SCRIPT": str(root / script), "PYTHONPATH": str(root)}
    process = subprocess.Popen(command, cwd=root, env=env, **options)
    try:
        until_it_answers(port, process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until_it_answers(
    port: int, process: subprocess.Popen, base: str = "", health: str = "_stcore/health"
) -> None:
    """Wait until the app answers below a base path. health: what it answers. Raises RuntimeError if its process
    ends before.
    """
    for _ in range(3000):
        if process.poll() is not None:
            raise RuntimeError("the app ended before it answered")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/{base and base + chr(47)}{health}", timeout=1)
            return
        except OSError:
            time.sleep(0.02)


def chromium(playwright: Playwright) -> Browser | None:
    """Start CHROMIUM, an installed one, or Playwright's own; None if there is none."""
    candidates = (*map(shutil.which, INSTALLED), playwright.chromium.executable_path)
    path = os.environ.get("CHROMIUM") or next(
        (path for path in candidates if path and Path(path).exists()), None
    )
    return path and playwright.chromium.launch(executable_path=path, args=FLAGS)


@contextmanager
def chromium_or_exit() -> Iterator[Browser]:
    """Start Chromium for a program, which ends with a sentence if there is none."""
    with sync_playwright() as playwright:
        if not (browser := chromium(playwright)):
            sys.exit("No Chromium found: install one, or set CHROMIUM to its path.")
        yield browser


@contextmanager
def runs_of_its_own() -> Iterator[None]:
    """Set a temporary folder of runs for this process and those that it starts."""
    with TemporaryDirectory() as folder, patch.dict(os.environ, EXPLORER_RUNS=folder):
        yield
