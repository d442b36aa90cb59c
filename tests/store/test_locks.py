"""Locks, as several processes see them at the same time."""

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from explorer.store import locks
from explorer.store.locks import is_held

ROOT = Path(__file__).parents[2]
LOOKERS, LOOKS = 3, 2000
PROGRAM = """
import sys
from filelock import FileLock
from explorer.store import locks

if sys.argv[2] == "one after the other":
    locks.fcntl = None
print("ready", flush=True)
sys.stdin.readline()
print(sum(locks.is_held(FileLock(sys.argv[1])) for _ in range(int(sys.argv[3]))))
"""


def answers(lock_file: Path, way: str, looks: int) -> list[int]:
    """Return how often each of several processes, which check at the same time, finds the lock held."""
    command = [sys.executable, "-c", PROGRAM, str(lock_file), way, str(looks)]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(LOOKERS)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    return [int(process.communicate(timeout=120)[0]) for process in processes]


@pytest.mark.process
@pytest.mark.parametrize("way, looks", [("shared", LOOKS), ("one after the other", LOOKS // 10)])
def test_a_free_lock_is_free_to_all_who_look_at_once_and_a_held_one_is_held(tmp_path, way, looks):
    file = tmp_path / "job.lock"
    with FileLock(file):
        pass
    assert answers(file, way, looks) == [0] * LOOKERS
    with FileLock(file):
        assert answers(file, way, looks) == [looks] * LOOKERS


@pytest.mark.parametrize("has_shared_locks", [True, False])
def test_looking_neither_makes_a_lock_nor_keeps_it(tmp_path, monkeypatch, has_shared_locks):
    if not has_shared_locks:
        monkeypatch.setattr(locks, "fcntl", None)
    file = tmp_path / "job.lock"
    assert not is_held(FileLock(file)) and not list(tmp_path.iterdir())
    with FileLock(file):
        assert is_held(FileLock(file))
    assert not is_held(FileLock(file))
    with FileLock(file, timeout=0):
        assert file.exists()
