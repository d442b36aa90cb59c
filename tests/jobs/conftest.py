"""A runs' folder of a test's own, and what its trainings say."""

import json
import os
import time
from pathlib import Path

import pytest

from explorer.jobs import queue


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    yield tmp_path
    for job in queue.jobs():
        queue.ask_to_stop(job.run)
    until(lambda: not any(job.alive for job in queue.jobs()))


def until(there, seconds=60):
    end = time.monotonic() + seconds
    while not (found := there()):
        assert time.monotonic() < end, queue.jobs()
        time.sleep(0.1)
    return found


def epochs_of(run: str) -> list[int]:
    """Those that it has told."""
    file = Path(os.environ["EXPLORER_RUNS"], run, "events.jsonl")
    lines = file.read_text().split("\n")[:-1] if file.exists() else []
    return [e["epoch"] for e in map(json.loads, lines) if e["event"] == "epoch_end"]
