"""Permissions taken away from folders of runs and images, and all that is used then: `python -m
tests.faults.permissions FOLDER`.

FOLDER: an empty one of one's own; not as root, whom nothing is forbidden. For each use a line of JSON: what
it said, line by line, nothing if it went well; and what was raised, or is a traceback on a page.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.data import own
from explorer.data.digits import load_digits
from explorer.data.download import download_file
from explorer.jobs import queue
from explorer.runs.export_run import run_zip
from explorer.specs import RunSpec
from explorer.store import deletion
from explorer.store.catalogue import SHIPPED_FOLDER, find_run
from explorer.store.run import MODEL_FILE, RECORD_FILE
from explorer.ui.pages import page_file
from tests.browser.launch import ROOT
from tests.faults.small_disk import command, function
from tests.faults.world import INTACT

NOTHING, ENTER, LOOK, READ = 0o000, 0o111, 0o444, 0o555
SHORT = RunSpec(epochs=1, width=8)
STATES = {
    "runs can't be read": ("runs", NOTHING),
    "runs can't be listed": ("runs", ENTER),
    "runs can't be entered": ("runs", LOOK),
    "runs can't be written": ("runs", READ),
    "a run can't be read": ("runs/mine", NOTHING),
    "a run can't be entered": ("runs/mine", LOOK),
    "a run can't be written": ("runs/mine", READ),
    "a record can't be read": (f"runs/mine/{RECORD_FILE}", NOTHING),
    "a model can't be read": (f"runs/mine/{MODEL_FILE}", NOTHING),
    "the queue can't be read": ("runs/.jobs", NOTHING),
    "the queue can't be written": ("runs/.jobs", READ),
    "the trash can't be read": ("runs/.trash", NOTHING),
    "images can't be read": ("data", NOTHING),
    "images can't be written": ("data", READ),
    "own images can't be read": ("data/own", NOTHING),
}
PAGES = {"library": {}, "train": {}, "explore": {"run": "mine"}}


def uses(root: Path) -> dict[str, Callable[[], str]]:
    zipped, images, again = root / "run.zip", load_digits(), find_run("mine").spec.arguments()
    zipped.write_bytes(run_zip(find_run("mine")))
    return {
        "list": lambda: command("list"),
        "show": lambda: command("show", "mine"),
        "show another": lambda: command("show", "other"),
        "show a shipped one": lambda: command("show", INTACT),
        "decode": lambda: command("decode", "mine", "--z", "0,0", "--out", root / "x.png"),
        "train": lambda: command("train", "--run", "new", *SHORT.arguments()),
        "train in the queue": lambda: command("train", "--queue", "--run", "new", *SHORT.arguments()),
        "train again": lambda: command("train", "--run", "mine", *again),
        "import": lambda: command("import", zipped, "--run", "new"),
        "export": lambda: command("export", "mine", "--to", "zip", "--out", root / "runs" / "out.zip"),
        "jobs": lambda: command("jobs"),
        "ask to stop": lambda: function(queue.request_stop, "waiting"),
        "delete": lambda: function(deletion.delete_run, "mine"),
        "restore": lambda: function(deletion.restore_run, "gone"),
        "save an upload": lambda: function(own.save_own, images, "new"),
        "train on an upload": lambda: command("train", *replace(SHORT, dataset="own:it").arguments()),
        "place a download": lambda: function(
            download_file, ["http://127.0.0.1:1/x"], root / "data" / "x" / "x", ""
        ),
        "doctor": lambda: command("doctor"),
    }


def page(name: str, **query: str) -> tuple[list[str], list[str]]:
    """Return the errors and warnings of a page, and its tracebacks."""
    st.cache_data.clear()
    app = AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=120).run()
    app.query_params.update(query)
    app.switch_page(page_file(name)).run()
    return [e.value for e in (*app.error, *app.warning)], [e.message for e in app.exception]


if __name__ == "__main__":
    root, selected_states = Path(sys.argv[1]), sys.argv[2:] or list(STATES)
    pristine = root / "pristine"
    # Two jobs may run, so that the queued job without a process does not block others.
    os.environ |= {
        "EXPLORER_RUNS": str(root / "runs"),
        "EXPLORER_DATA": str(root / "data"),
        "EXPLORER_MAX_JOBS": "2",
    }
    for name in ("mine", "other", ".trash/gone"):
        shutil.copytree(SHIPPED_FOLDER / INTACT, root / "runs" / name)
    queue.enqueue("waiting", SHORT)
    own.save_own(load_digits(), "it")
    pristine.mkdir()
    for part in ("runs", "data"):
        shutil.copytree(root / part, pristine / part)
    acts = uses(root)
    for state in selected_states:
        place, mode = STATES[state]
        for use, act in acts.items():
            os.chmod(root / place, mode)
            try:
                messages, fault = act(), None
            except Exception as error:
                messages, fault = "", repr(error)
            if (root / place).exists():
                os.chmod(root / place, 0o755)
            print(
                json.dumps({"state": state, "use": use, "said": messages.splitlines(), "fault": fault}),
                flush=True,
            )
            for part in ("runs", "data"):
                shutil.rmtree(root / part)
                shutil.copytree(pristine / part, root / part)
        os.chmod(root / place, mode)
        for name, query in PAGES.items() if place.startswith("runs") else ():
            messages, faults = page(name, **query)
            print(
                json.dumps(
                    {"state": state, "use": f"page {name}", "said": messages, "fault": faults or None}
                ),
                flush=True,
            )
        os.chmod(root / place, 0o755)
