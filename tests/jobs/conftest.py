"""A runs' folder of a test's own, and what its trainings say."""

import json
import os
from pathlib import Path

import pytest

from tests.trainings import stop_all


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    yield tmp_path
    stop_all()


def epochs_of(run: str) -> list[int]:
    """Return the epochs that the run has reported."""
    file = Path(os.environ["EXPLORER_RUNS"], run, "events.jsonl")
    lines = file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []
    return [e["epoch"] for e in map(json.loads, lines) if e["event"] == "epoch_end"]
