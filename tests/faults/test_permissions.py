"""Folders of runs and images that can't be read or written."""

import json
import os
import subprocess
import sys
from collections import defaultdict

import pytest

pytestmark = pytest.mark.process

# Without these capabilities, file permissions apply to root as to other users.
BOUND = [
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search",
    "--inh-caps=-dac_override,-dac_read_search",
]
STATES = [
    "runs can't be read",
    "runs can't be written",
    "a run can't be entered",
    "a model can't be read",
    "images can't be read",
    "images can't be written",
]


@pytest.fixture(scope="module")
def tries(tmp_path_factory):
    """Return the tries by state and use."""
    folder, bound = tmp_path_factory.mktemp("permissions"), BOUND if os.geteuid() == 0 else []
    closed = folder / "closed"
    closed.touch(0o000)
    try:
        if subprocess.run([*bound, "cat", closed], capture_output=True, timeout=60).returncode == 0:
            pytest.skip("nothing is forbidden to this user")
    except OSError as error:
        pytest.skip(f"everything is allowed to root, and it can't be bound: {error}")
    closed.unlink()
    done = subprocess.run(
        [*bound, sys.executable, "-m", "tests.faults.permissions", folder, *STATES],
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    lines = defaultdict(dict)
    for line in map(json.loads, done.stdout.splitlines()):
        lines[line["state"]][line["use"]] = line
    return lines


def test_what_is_forbidden_is_told_in_a_sentence(tries):
    assert list(tries) == STATES
    for line in (line for state in tries.values() for line in state.values()):
        assert not line["fault"], line
        for text in line["said"] if line["use"].startswith("page") else line["said"][-1:]:
            assert (
                text.isprintable() and text.endswith(".") and "Errno" not in text.replace("[Errno 111]", "")
            ), line


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        (
            "runs can't be read",
            {"show", "decode", "train", "train in the queue", "import", "delete", "restore", "page library"},
        ),
        ("runs can't be written", {"train", "train in the queue", "import", "delete", "restore", "export"}),
        (
            "a run can't be entered",
            {"show", "decode", "train again", "export", "delete", "page library", "page explore"},
        ),
        ("a model can't be read", {"decode", "export"}),
        ("images can't be read", {"save an upload", "train on an upload"}),
        ("images can't be written", {"place a download"}),
    ],
)
def test_the_sentence_says_what_is_forbidden(tries, state, refused):
    for use in refused:
        assert "Permission denied" in " ".join(tries[state][use]["said"]), (use, tries[state][use])


def test_what_is_not_forbidden_goes_on(tries):
    for state, lines in tries.items():
        assert not lines["show a shipped one"]["said"] and not lines["list"]["said"], state
        assert bool(lines["show another"]["said"]) == (state == "runs can't be read"), state
    for use in ("train", "train in the queue", "import", "show another", "jobs"):
        assert not [line for line in tries["a run can't be entered"][use]["said"] if "denied" in line], use
