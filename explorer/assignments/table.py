"""A list of codes as a table: of each, whose it is, its results, and whether it can be trusted."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.assignments.code import (
    ALPHABET,
    CORRECTED,
    START,
    VERSION,
    Result,
    Submission,
    count_letters,
    decode_code,
)
from explorer.assignments.signature import NOT_SIGNED, SIGNED, check_signature
from explorer.errors import UserError
from explorer.names import casefold_key
from explorer.registry import LESSONS

MAX_CODES, MAX_CHARACTERS = 20_000, 10_000_000
BEGINNING = re.compile(r"(?<![A-Z0-9])LSE(\d{1,3})-", re.IGNORECASE)
# What mail programs put into a text: spaces and ends of lines, marks of quoted lines and of soft line breaks,
# formatting, and characters that can't be seen
IGNORED = re.compile(r"[\s>|=*_\-\u00ad\u200b-\u200f\u2060\ufeff]")
LOST = re.compile(r"[A-Z2-7]{8}(?:-[A-Z2-7]{8}){2,}")  # letters of a code without its beginning
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # of a cell that a spreadsheet would compute
TEXT_COLUMNS = ("name", "assignment", "date", "signature", "problem")
COUNT_COLUMNS = ("right answers", "solved tasks")


@dataclass(frozen=True)
class Row:
    """A code of the list. number: from 1; submission: None if the code can't be read; signature: what it
    shows (explorer.assignments.signature); problem: a sentence, or empty.
    """

    number: int
    submission: Submission | None
    signature: str = ""
    problem: str = ""


def check_codes(text: str, key: bytes | None) -> list[Row]:
    """Return a row for each code in a text, in its order; what surrounds them is ignored. key: of this server
    (find_key). Raises UserError if there is no code, or too much text.
    """
    if len(text) > MAX_CHARACTERS:
        raise UserError(
            f"The text has {len(text):,} characters; {MAX_CHARACTERS:,} are the most. Check a part at a time."
        )
    rows: list[Row] = []
    contents: dict[bytes, int] = {}
    names: dict[tuple[str, str], int] = {}
    for version, letters in _find_codes(text):
        if len(rows) == MAX_CODES:
            raise UserError(f"There are more than {MAX_CODES:,} codes. Check a part of them at a time.")
        rows.append(_check_code(len(rows) + 1, version, letters, key, contents, names))
    if not rows:
        raise UserError(f"No code was found. A code begins with {START}.")
    return rows


def _check_code(number, version, letters, key, contents, names) -> Row:
    """Return the row of a code. contents, names: the rows of those before, by content, and by name and
    assignment.
    """
    if version != VERSION:
        known = "its beginning is missing" if version is None else f"this app does not know version {version}"
        return Row(number, None, problem=f"The code can't be read: {known}.")
    try:
        code = decode_code(letters)
    except UserError as error:
        return Row(number, None, problem=str(error))
    signature, submission = check_signature(code, key), code.submission
    problem = "" if signature in (SIGNED, NOT_SIGNED) else f"The code was {signature}."
    who = casefold_key(submission.name), casefold_key(submission.assignment)
    if first := contents.get(code.content):
        problem = problem or f"The same code as in row {first}."
    elif submission.name and (first := names.get(who)):
        problem = problem or f"Row {first} has the same name."
    contents.setdefault(code.content, number)
    names.setdefault(who, number)
    return Row(number, submission, signature, problem)


def _find_codes(text: str) -> Iterator[tuple[int | None, str]]:
    """Yield the version and the letters of each code; None for what has lost its beginning."""
    at = 0
    for match in BEGINNING.finditer(text):
        if match.start() < at:
            continue
        yield from _find_lost(text[at : match.start()])
        following = BEGINNING.search(text, match.end())
        end = following.start() if following else len(text)
        letters, at = _take_letters(text, match.end(), end)
        yield int(match[1]), letters
    yield from _find_lost(text[at:])


def _find_lost(text: str) -> Iterator[tuple[None, str]]:
    for match in LOST.finditer(text):
        yield None, match[0]


def _take_letters(text: str, start: int, end: int) -> tuple[str, int]:
    """Return the letters of a code without what mail programs put between them, in capitals, and where they
    end. As many are taken as its first ones say; of a code that stops sooner, only its letters.
    """
    letters, n, at = [], None, start
    while at < end and (n is None or len(letters) < n):
        if not IGNORED.match(text, at):
            letters.append(text[at].upper())
            if len(letters) == 4:
                n = count_letters("".join(letters).translate(CORRECTED))
                if n is None:
                    break
        at += 1
    taken = "".join(letters)
    if n and len(taken) < n:  # the text ends, or other words follow
        taken = re.match(f"[{ALPHABET}018]*", taken)[0]  # type: ignore[index]
    return taken, at


def columns(rows: Sequence[Row]) -> list[str]:
    """Return the columns of the table: of lessons, those of which a code has a result."""
    found = {name: None for row in rows if row.submission for name in row.submission.results}
    lessons = [name for name in LESSONS if name in found] + [name for name in found if name not in LESSONS]
    return ["row", *TEXT_COLUMNS, *COUNT_COLUMNS, *(LESSONS.get(name, name) for name in lessons)]


def record(row: Row) -> dict[str, str | int]:
    """Return the cells of a row that it has, by their columns."""
    cells: dict[str, str | int] = {"row": row.number, "signature": row.signature, "problem": row.problem}
    if not (submission := row.submission):
        return cells
    results = submission.results
    cells |= {"name": submission.name, "assignment": submission.assignment}
    cells |= {"date": submission.day.isoformat()}
    cells["right answers"] = sum(result.answer == "right" for result in results.values())
    cells["solved tasks"] = sum(result.is_solved for result in results.values())
    return cells | {LESSONS.get(name, name): describe_result(result) for name, result in results.items()}


def describe_result(result: Result) -> str:
    return ", ".join(filter(None, [result.answer, "solved" * result.is_solved]))


def to_csv(rows: Sequence[Row]) -> str:
    """Return the table as CSV. What a spreadsheet would take for a formula gets an apostrophe before it."""
    with io.StringIO(newline="") as file:
        writer = csv.DictWriter(file, columns(rows), restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _safe_cell(cell) for name, cell in record(row).items()})
        return file.getvalue()


def summarize(rows: Sequence[Row]) -> str:
    """Return a sentence on how many codes there are, and how many of them are of which kind."""
    counts: dict[str, int] = {}
    for row in rows:
        kind = row.signature if row.submission else "that can't be read"
        counts[kind] = counts.get(kind, 0) + 1
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    n_problems = sum(bool(row.problem) for row in rows)
    return f"{len(rows):,} code{'s' * (len(rows) > 1)}: {kinds}. Problems: {n_problems:,}."


def _safe_cell(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
