"""kill -9 at every moment at which a training changes a file."""

import json
import os
import subprocess
import sys

import pytest

from explorer.store.run import EMBEDDING_FILE, EVENTS_FILE, MODEL_FILE, RECORD_FILE, REPLAY_FILE

pytestmark = pytest.mark.process


def test_a_training_killed_at_any_moment_leaves_nothing_half_written_and_goes_on_to_the_same_end(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.training.killed"],
        env=os.environ | {"EXPLORER_RUNS": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    moments = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(moments) > 20, done.stderr
    for outcome in moments:
        assert "whole" in outcome["found"] and all(outcome["found"].values())
        faults = outcome["faults"]
        assert all("victim" in fault and fault.endswith("/victim.") for fault in faults), faults
        assert outcome["same"]
        assert set(outcome["files"]) == {
            RECORD_FILE,
            MODEL_FILE,
            EMBEDDING_FILE,
            EVENTS_FILE,
            REPLAY_FILE,
        }
    assert {"victim" in outcome["found"] for outcome in moments} == {False, True}
