"""What a student hands in, as a code that can be pasted: letters and digits in groups, with a checksum.

A code is LSE1- and base32 of: the length of what follows (2 bytes), the content, the signature (a byte for
its kind; of kind 1, the key's id and the tag), and a CRC-32 of all before.
explorer/live/core/assignment_code.js writes codes without a signature in the same way.
"""

import base64
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from explorer.errors import UserError
from explorer.names import sanitize
from explorer.registry import LESSONS

VERSION = 1
START = f"LSE{VERSION}-"
MAX_NAME_LENGTH, MAX_ASSIGNMENT_LENGTH = 60, 30  # characters
FIRST_DAY = date(2020, 1, 1)
LAST_DAY = FIRST_DAY + timedelta(2**16 - 1)
ANSWERS = ("", "wrong", "right")  # to a question, at the first try; none
SOLVED_BIT = 4
GROUP = 8  # letters between hyphens
MAX_BYTES = 1000  # of content and signature
KEY_ID_BYTES, TAG_BYTES = 2, 10
UNSIGNED, SIGNED = b"\0", b"\1"  # the kinds of a signature
CHECKSUM_BYTES = 4
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CORRECTED = str.maketrans("018", "OIB")  # digits that base32 lacks, for the letters they are taken for


@dataclass(frozen=True)
class Result:
    """What a browser remembers of a lesson. answer: one of ANSWERS."""

    answer: str = ""
    is_solved: bool = False


@dataclass(frozen=True)
class Submission:
    """name: of a student, or a number, or empty; assignment: its short name, or empty; results: by the names
    of lessons. Names are shown on one line and cut at their greatest length.
    """

    name: str
    assignment: str
    day: date
    results: Mapping[str, Result] = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "name", _tidy(self.name, MAX_NAME_LENGTH))
        object.__setattr__(self, "assignment", _tidy(self.assignment, MAX_ASSIGNMENT_LENGTH))


@dataclass(frozen=True)
class Code:
    """A code that was read. content: the bytes that were signed; key_id, tag: the signature, or empty."""

    submission: Submission
    content: bytes
    key_id: bytes = b""
    tag: bytes = b""


def read_message(message: Mapping, day: date) -> Submission:
    """Return what a browser reports: {"name", "assignment", "results": {lesson: {"answer", "isSolved"}}}.
    What is invalid is left out.
    """
    texts = [text if isinstance(text := message.get(key), str) else "" for key in ("name", "assignment")]
    reported = message.get("results")
    results = {}
    for name, result in reported.items() if isinstance(reported, dict) else ():
        if name in LESSONS and isinstance(result, dict):
            answer = result.get("answer") if result.get("answer") in ANSWERS else ""
            results[name] = Result(answer or "", result.get("isSolved") is True)
    return Submission(*texts, day, results)


def lesson_id(name: str) -> int:
    """Return the number of a lesson in codes, 16 bits of its name, which stays when lessons are added."""
    return zlib.crc32(name.encode()) & 0xFFFF


def encode_content(submission: Submission) -> bytes:
    """Return the content of a code. Lessons without an answer and a solution are left out."""
    texts = [submission.name.encode(), submission.assignment.encode()]
    day = min(max(submission.day, FIRST_DAY), LAST_DAY)
    results = {name: r for name, r in submission.results.items() if r != Result()}
    parts = [bytes([len(text)]) + text for text in texts]
    parts.append(struct.pack(">HB", (day - FIRST_DAY).days, len(results)))
    for name, result in results.items():
        bits = ANSWERS.index(result.answer) | SOLVED_BIT * result.is_solved
        parts.append(struct.pack(">HB", lesson_id(name), bits))
    return b"".join(parts)


def encode_code(content: bytes, key_id: bytes = b"", tag: bytes = b"") -> str:
    """Return the code of a content, with a signature if there is one."""
    body = content + (SIGNED + key_id + tag if tag else UNSIGNED)
    return START + _group(_with_checksum(body))


def decode_code(text: str) -> Code:
    """Return what a code says; text: all after START, in capitals, without spaces and hyphens; more may
    follow. Raises UserError with a sentence if it is damaged.
    """
    letters = text.translate(CORRECTED)
    if (n := count_letters(letters)) is None:
        raise UserError("The code is damaged: its beginning can't be read.")
    if len(letters) < n:
        raise UserError(f"The code is incomplete: it has {len(letters)} of {n} letters.")
    letters = letters[:n]
    try:
        frame = base64.b32decode(letters + "=" * (-n % 8))
    except ValueError:
        raise UserError("The code is damaged: letters were changed, or are missing.") from None
    body = frame[2:-CHECKSUM_BYTES]
    if frame != _with_checksum(body) or _base32(frame) != letters:
        raise UserError("The code is damaged: letters were changed, or are missing.")
    try:
        return _read_body(body)
    except (IndexError, struct.error, ValueError):  # whoever made it knows how to compute a checksum
        raise UserError("The code was not made by this app.") from None


def count_letters(letters: str) -> int | None:
    """Return how many letters a code has after START, from its first ones; None if they say nothing."""
    head = letters[:4].ljust(4, "A")
    if set(head) - set(ALPHABET):
        return None
    length = int.from_bytes(base64.b32decode(head + "====")[:2], "big")
    if not 0 < length <= MAX_BYTES:
        return None
    return -(-8 * (2 + length + CHECKSUM_BYTES) // 5)


def _read_body(body: bytes) -> Code:
    """Return the code of a content and a signature. Raises ValueError, IndexError or struct.error."""
    at, texts = 0, []
    for _ in range(2):
        end = at + 1 + body[at]
        texts.append(body[at + 1 : end].decode())
        at = end
    days, n = struct.unpack_from(">HB", body, at)
    names, at, results = {lesson_id(name): name for name in LESSONS}, at + 3, {}
    for number, bits in struct.iter_unpack(">HB", body[at : at + 3 * n]):
        name = names.get(number, f"unknown lesson {number:04x}")
        results[name] = Result(ANSWERS[bits & 3], bool(bits & SOLVED_BIT))
    content, signature = body[: at + 3 * n], body[at + 3 * n :]
    key_id, tag = signature[1 : 1 + KEY_ID_BYTES], signature[1 + KEY_ID_BYTES :]
    if signature != UNSIGNED and (signature[:1] != SIGNED or len(tag) != TAG_BYTES):
        raise ValueError("no such signature")
    return Code(Submission(*texts, FIRST_DAY + timedelta(days), results), content, key_id, tag)


def _with_checksum(body: bytes) -> bytes:
    frame = len(body).to_bytes(2, "big") + body
    return frame + zlib.crc32(frame).to_bytes(CHECKSUM_BYTES, "big")


def _base32(frame: bytes) -> str:
    return base64.b32encode(frame).decode().rstrip("=")


def _group(frame: bytes) -> str:
    return "-".join(re.findall(f".{{1,{GROUP}}}", _base32(frame)))


def _tidy(text: str, max_length: int) -> str:
    return sanitize(" ".join(text[: 4 * max_length].split()), max_length)
