"""Measured figures that come with the app: a CSV file with a line for each instance of a dataclass."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from explorer.fields import value_type
from explorer.store.atomic import write_atomically

T = TypeVar("T")


def write_figures(kind: type[Any], rows: Iterable[Any], file: Path) -> None:
    """Write rows, instances of kind, as a whole."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [f.name for f in fields(kind)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(asdict, rows))
    write_atomically(file, text.getvalue().encode())


def read_figures(kind: type[T], file: Path) -> list[T]:
    """Return the rows of a file, as instances of kind; none if there is no file."""
    if not file.exists():
        return []
    types: dict[str, Any] = {f.name: value_type(f) for f in fields(kind)}  # type: ignore[arg-type]
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            kind(**{name: types[name](value) for name, value in row.items()}) for row in csv.DictReader(lines)
        ]
