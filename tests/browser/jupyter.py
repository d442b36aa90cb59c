"""JupyterLab with a notebook of this project, in a browser."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.launch import ROOT, free_port, until_it_answers
from tests.browser.pad import PATIENCE

NAME = "notebook.ipynb"
OUTPUT = ".jp-OutputArea-output"


def has_jupyter() -> bool:
    return all(find_spec(package) for package in ("jupyterlab", "nbconvert", "ipykernel"))


def write_notebook(folder: Path, *cells: str) -> Path:
    """Write a notebook with these cells, and return its path."""
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    content = {
        "cells": [code | {"id": f"cell-{i}", "source": source} for i, source in enumerate(cells)],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / NAME).write_text(json.dumps(content), encoding="utf-8")
    return folder / NAME


def environment(folder: Path) -> dict[str, str]:
    """Return the variables of processes that know this project, and none of the user's settings of Jupyter."""
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    return os.environ | own | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython")}


@contextmanager
def running_lab(folder: Path) -> Iterator[str]:
    """Start JupyterLab on a folder, on a free port of this machine, and yield the address of its notebook."""
    port = free_port()
    options = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    words = [f"--{name}={value}" for name, value in options.items()]
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *words],
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until_it_answers(port, process, health="api")
        yield f"http://127.0.0.1:{port}/lab/tree/{NAME}"
    finally:
        process.terminate()
        process.wait(30)


def open_notebook(page: Page, address: str) -> None:
    """Open a notebook, and wait until its kernel is ready."""
    with page.expect_websocket(lambda socket: "/channels" in socket.url, timeout=PATIENCE) as connection:
        page.goto(address)
    connection.value.wait_for_event("framereceived", timeout=PATIENCE)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=PATIENCE)


def run_cell(page: Page, number: int) -> None:
    """Run a cell, and wait until it has ended."""
    cell = page.locator(".jp-Notebook .jp-Cell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(cell.locator(".jp-InputPrompt").first).to_have_text(f"[{number + 1}]:", timeout=PATIENCE)
