"""Labels in a table beside the images: labels.csv, metadata.csv and the like, with a file name and a class in
each row.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from explorer.data.layout import ALL_SPLIT_NAMES
from explorer.names import sanitize

CLASS_COLUMN_NAMES = (
    "label",
    "labels",
    "class",
    "class_name",
    "classname",
    "category",
    "target",
    "y",
    "species",
    "breed",
    "name",
)
SPLIT_COLUMN_NAMES = ("split", "set", "subset", "partition", "usage")
MAX_TABLE_BYTES = 50_000_000  # of a table of labels: a million rows
MAX_COLUMNS = 1000
MIN_MATCHED_SHARE = 0.5  # of the images are named in a table, if it is theirs


@dataclass(frozen=True)
class Labels:
    """Of each image: its class, "" for none; splits: train, val or test, None if the table has none."""

    classes: list[str]
    splits: list[str] | None


def read_labels(table: bytes, names: Sequence[str]) -> Labels | None:
    """The labels that a table gives to the images with these paths; None if it isn't about them."""
    rows = _parse_rows(table)
    if len(rows) < 2:
        return None
    known = {key for name in names for key in _match_keys(name)}
    width = min(max(map(len, rows)), MAX_COLUMNS)
    matches = [
        sum(_normalise_path(row[column]) in known for row in rows if len(row) > column)
        for column in range(width)
    ]
    of_name = max(range(width), key=matches.__getitem__)
    if matches[of_name] < MIN_MATCHED_SHARE * len(names):
        return None
    header = [cell.strip().lower() for cell in rows[0]]
    others = [column for column in range(min(width, len(header))) if column != of_name]
    of_class = next(
        (column for wanted in CLASS_COLUMN_NAMES for column in others if header[column] == wanted),
        others[0] if len(others) == 1 else None,
    )
    of_split = next(
        (column for column in others if header[column] in SPLIT_COLUMN_NAMES and column != of_class), None
    )
    if of_class is None:
        return None
    told = {_normalise_path(row[of_name]): row for row in rows if len(row) > max(of_name, of_class)}
    found = [next((told[key] for key in _match_keys(name) if key in told), None) for name in names]
    classes = [sanitize(row[of_class].strip()) if row else "" for row in found]
    splits = (
        [row[of_split].strip().lower() if row and len(row) > of_split else "" for row in found]
        if of_split is not None
        else None
    )
    return Labels(
        classes, splits if splits and set(splits) <= ALL_SPLIT_NAMES | {""} and len(set(splits)) > 1 else None
    )


def _match_keys(name: str) -> tuple[str, ...]:
    """As a table may name the image at this path: by the path or its last parts, with its suffix or
    without.
    """
    path = PurePosixPath(name)
    ends = [name, *("/".join(path.parts[-n:]) for n in (3, 2, 1))]
    return (*ends, *(end.removesuffix(path.suffix) for end in ends))


def _normalise_path(cell: str) -> str:
    return cell.strip().replace("\\", "/").removeprefix("./")


def _parse_rows(table: bytes) -> list[list[str]]:
    """Of the text, whichever of comma, semicolon and tab parts its columns; none if it is no text, or too
    long.
    """
    if len(table) > MAX_TABLE_BYTES:
        return []
    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = table.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except csv.Error:
        return []
