"""What Linux tells of processes: whose they are, and what they hold."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def all_commands() -> Iterator[tuple[int, list[str]]]:
    """Return the process id and the words of each command; a zombie process has none."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            yield (
                int(process.name),
                (process / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1],
            )
        except OSError:
            continue


def trainer_of(run: str) -> int | None:
    """Return the training process of a run in the queue."""
    return next(
        (pid for pid, words in all_commands() if "train" in words and "--queue" in words and run in words),
        None,
    )


def having(variable: str) -> list[int]:
    """Return the processes that were given NAME=VALUE, except this one."""
    pids = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (
                variable.encode() in (process / "environ").read_bytes().split(b"\0")
                and int(process.name) != os.getpid()
            ):
                pids.append(int(process.name))
    return pids


def below(pid: int) -> list[tuple[int, str]]:
    """Return the id and state of the descendants of a process that are still its own; Z: a zombie."""
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, *_ = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(parent), []).append((int(process.name), state))
    descendants, new = [], [(pid, "")]
    while new:
        new = [child for parent, _ in new for child in parents.get(parent, [])]
        descendants += new
    return descendants


def resident(pid: int) -> float:
    """Return the memory in MB."""
    return (
        int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
        * os.sysconf("SC_PAGE_SIZE")
        / 2**20
    )


def processor_seconds(pid: int) -> float:
    """Return the time that a process has computed, in all its threads."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))
