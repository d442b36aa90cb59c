"""A full disk, or one with too little room, for every use that writes."""

import json
import re
import subprocess
import sys
from collections import defaultdict

import pytest

pytestmark = pytest.mark.process

MOUNT = (  # the mount ends with its namespace
    'mount -t tmpfs -o size=4m tmpfs "$1" && exec "$2" -m tests.faults.small_disk "$1" "$3"'
)
# Files of a training that can be continued.
HARMLESS = (
    "/checkpoint.safetensors",
    "/events.jsonl",
    "/still.safetensors",
    "/replay.safetensors",
)
REMEDY = r"Free some disk space, or (choose another path|set EXPLORER_(DATA|RUNS) to another folder)\."
WITHOUT_ROOM = {"ask to stop", "delete"}


@pytest.fixture(scope="module")
def tries(tmp_path_factory):
    disk = tmp_path_factory.mktemp("small") / "disk"
    disk.mkdir()
    namespace = ["unshare", "-m", "--map-root-user", "sh", "-c"]
    try:
        subprocess.run(
            [*namespace, 'mount -t tmpfs -o size=4m tmpfs "$1"', "", disk],
            check=True,
            capture_output=True,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"no disk of its own can be mounted here: {error}")
    done = subprocess.run(
        [*namespace, MOUNT, "", disk, sys.executable, "6"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    lines = defaultdict(list)
    for line in map(json.loads, done.stdout.splitlines()):
        lines[line["use"]].append(line)
    return lines


def test_without_room_it_is_one_sentence_and_with_room_it_goes_on(tries):
    assert len(tries) == 9
    for use, lines in tries.items():
        sentences = [line["said"].splitlines()[-1] for line in lines if line["said"]]
        assert bool(sentences) == (use not in WITHOUT_ROOM) and lines[-1]["said"] == "", use
        assert all(
            re.search(rf"No space left on device\. {REMEDY}$", sentence)
            and sentence.isprintable()
            and sentence.count(" could not be written: ") == 1
            and sentence[0] == "/"
            for sentence in sentences
        ), sentences
        assert not any(line["again"] for line in lines), lines


def test_without_room_nothing_is_left_half_written_and_what_was_there_stays(tries):
    for use, lines in tries.items():
        for line in lines:
            harmed = [
                file for file in line["harmed"] if not file.endswith(HARMLESS) and "/frames/" not in file
            ]
            assert not harmed, (use, line)
            assert use in ("train", "go on") or not line["harmed"], (use, line)
