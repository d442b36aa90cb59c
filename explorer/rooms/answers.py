"""The answers to a question: lines of a file, a JSON list [participant, answer] each, appended under a lock.

A line that was cut off by a crash was never confirmed to its student; it is not counted, and the next answer
replaces it. What a participant is called on disk cannot be traced to the phone or to another question.
"""

import hashlib
import json
import os
from pathlib import Path

from explorer.rooms.refusal import full_round, second_answer
from explorer.rooms.room import Answer

MAX_ANSWERS = 1_000  # to a question


def answers_file(folder: Path, number: int) -> Path:
    """Return the file of the answers to the question of this number."""
    return folder / f"answers-{number}.jsonl"


def participant_name(ticket: str, number: int, token: str) -> str:
    return hashlib.sha256(f"{ticket}:{number}:{token}".encode()).hexdigest()[:20]


def add_answer(file: Path, participant: str, answer: Answer, may_change: bool) -> None:
    """Append an answer, which is on the disk at the end. The caller holds the room's lock.

    The same answer again is no second one: the phone did not hear that it was counted. may_change: whether a
    later answer of a participant replaces the first. Raises RoomRefusal, OSError.
    """
    content = _complete_lines(file)
    name = json.dumps([participant])[:-1].encode()
    if (start := content.rfind(name)) >= 0:
        previous = json.loads(content[start : content.index(b"\n", start)])[1]
        if previous == answer:
            return
        if not may_change:
            raise second_answer()
    # A point that moves adds a line; each participant has ten on average.
    if content.count(b"\n") >= MAX_ANSWERS * (10 if may_change else 1):
        raise full_round(MAX_ANSWERS)
    line = json.dumps([participant, answer]).encode() + b"\n"
    file.touch()
    with open(file, "r+b") as stream:
        stream.seek(len(content))
        stream.truncate()
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())


def read_answers(file: Path) -> list[Answer]:
    """Return the last answer of each participant."""
    lines = map(json.loads, _complete_lines(file).splitlines())
    return list({participant: answer for participant, answer in lines}.values())


def _complete_lines(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return b""
    return content[: content.rfind(b"\n") + 1]
