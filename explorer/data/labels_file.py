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
    """The labels of images in a table. classes: the class of each image, "" for none; splits: train, val or
    test, None if the table has no splits.
    """

    classes: list[str]
    splits: list[str] | None


def read_labels(table: bytes, names: Sequence[str]) -> Labels | None:
    """Return the labels that a table gives to the images with these paths, or None if the table is not about
    them.
    """
    rows = _parse_rows(table)
    if len(rows) < 2:
        return None
    keys = {key for name in names for key in _match_keys(name)}
    width = min(max(map(len, rows)), MAX_COLUMNS)
    matches = [
        sum(_normalise_path(row[column]) in keys for row in rows if len(row) > column)
        for column in range(width)
    ]
    name_column = max(range(width), key=matches.__getitem__)
    if matches[name_column] < MIN_MATCHED_SHARE * len(names):
        return None
    header = [cell.strip().lower() for cell in rows[0]]
    other_columns = [column for column in range(min(width, len(header))) if column != name_column]
    class_column = next(
        (
            column
            for known_name in CLASS_COLUMN_NAMES
            for column in other_columns
            if header[column] == known_name
        ),
        other_columns[0] if len(other_columns) == 1 else None,
    )
    split_column = next(
        (
            column
            for column in other_columns
            if header[column] in SPLIT_COLUMN_NAMES and column != class_column
        ),
        None,
    )
    if class_column is None:
        return None
    row_by_key = {
        _normalise_path(row[name_column]): row for row in rows if len(row) > max(name_column, class_column)
    }
    matched_rows = [
        next((row_by_key[key] for key in _match_keys(name) if key in row_by_key), None) for name in names
    ]
    classes = [sanitize(row[class_column].strip()) if row else "" for row in matched_rows]
    splits = (
        [row[split_column].strip().lower() if row and len(row) > split_column else "" for row in matched_rows]
        if split_column is not None
        else None
    )
    return Labels(
        classes, splits if splits and set(splits) <= ALL_SPLIT_NAMES | {""} and len(set(splits)) > 1 else None
    )


def _match_keys(name: str) -> tuple[str, ...]:
    """Return the names that a table may use for the image at this path: the path or its last parts, with or
    without its suffix.
    """
    path = PurePosixPath(name)
    ends = [name, *("/".join(path.parts[-n:]) for n in (3, 2, 1))]
    return (*ends, *(end.removesuffix(path.suffix) for end in ends))


def _normalise_path(cell: str) -> str:
    return cell.strip().replace("\\", "/").removeprefix("./")


def _parse_rows(table: bytes) -> list[list[str]]:
    """Return the rows of the table, whose columns are separated by a comma, a semicolon or a tab. There are
    none if it is not text, or too long.
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
