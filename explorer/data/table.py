"""Read images from a CSV or TSV table: one image per row, one pixel per column, and optionally a column of
labels (Kaggle's MNIST).
"""

import math
import re
from io import BytesIO
from itertools import pairwise

import numpy as np

from explorer.errors import UserError

MAX_TABLE_BYTES = 150_000_000  # of the text: MNIST has 110 MB
MAX_COLUMNS = 64 * 64 * 3 * 4
LABEL_NAMES = ("label", "labels", "class", "target", "y", "digit", "emotion")
PIXEL_NAME = "pixel"  # how the names of columns begin that are pixels of an image
INDEX_NAMES = ("", "id", "index", "unnamed: 0")
FORMAT_HELP = (
    "A table needs a row for each image, with its label and the pixels of a square image: label,pixel0,pixel1"
    " and so on; or a row for each vector, and the names of its columns in the first line."
)


def read_table(content: bytes, name: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Read CSV or TSV and return pixels [N, H·H] or [N, 3·H·H], or vectors [N, D] if the columns have names,
    and labels [N], if there are any.

    The labels are the column of that name; without names, the first or last column, if the others make a
    square image without it. Raises UserError for other tables.
    """
    import pyarrow as pa
    from pyarrow import csv

    if len(content) > MAX_TABLE_BYTES:
        raise UserError(
            f"{name} has {len(content) / 1e6:,.0f} MB, and the limit is {MAX_TABLE_BYTES / 1e6:,.0f} MB. Save"
            " fewer images."
        )
    first = content[:1_000_000].lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    delimiter = max(",;\t", key=first.count)
    cells = [cell.strip().strip('"') for cell in first.split(delimiter)]
    if not 5 <= len(cells) <= MAX_COLUMNS:
        raise _unsuitable_error(name, len(cells))
    has_header = _is_header(cells)
    try:
        table = csv.read_csv(
            BytesIO(content),
            csv.ReadOptions(
                use_threads=False,
                block_size=1 << 24,
                skip_rows=int(has_header),
                column_names=[str(i) for i in range(len(cells))],
            ),
            csv.ParseOptions(delimiter=delimiter),
        )
    except pa.ArrowException as error:
        raise UserError(f"{name} cannot be read as a table: {_error_reason(error)}. {FORMAT_HELP}") from None
    columns = [column.to_numpy() for column in table.columns]
    pixels, label_column = _find_columns([cell.lower() for cell in cells] if has_header else None, columns)
    if not pixels:
        raise _unsuitable_error(name, len(cells))
    if any(columns[i].dtype.kind not in "iuf" for i in pixels):
        raise UserError(f"{name} contains pixels that are not numbers. {FORMAT_HELP}")
    return _pack([columns[i] for i in pixels]), None if label_column is None else _parse_labels(
        columns[label_column]
    )


def _is_header(cells: list[str]) -> bool:
    """Return whether the first row names the columns: words, or numbers that count. A label at either end may
    be a word in any row.
    """
    inner = cells[1:-1]
    if all(re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", cell) for cell in inner):
        return (
            len(inner) > 2
            and all(cell.isdecimal() for cell in inner)
            and {int(b) - int(a) for a, b in pairwise(inner)} == {1}
        )
    return True


def _find_columns(names: list[str] | None, columns: list[np.ndarray]) -> tuple[list[int], int | None]:
    """Return the pixel columns and the label column. Without names there are none unless they make a square
    image; with names that are not those of pixels, they are vectors.
    """
    everything = list(range(len(columns)))
    if names:
        label_column = next((names.index(name) for name in LABEL_NAMES if name in names), None)
        pixels = [i for i in everything if i != label_column and names[i] not in INDEX_NAMES]
        if _is_square(len(pixels)):
            return pixels, label_column
    if _is_square(len(columns)):
        return everything, None
    if not _is_square(len(columns) - 1):
        are_vectors = names and not all(names[i].startswith(PIXEL_NAME) for i in pixels)
        return (pixels, label_column) if are_vectors else ([], None)
    label_column = _label_column(columns)
    return (
        ([], None) if label_column is None else ([i for i in everything if i != label_column], label_column)
    )


def _label_column(columns: list[np.ndarray]) -> int | None:
    """Return the first or the last column as labels: the one that is text; that counts from 0 or 1 without a
    gap; or whose values are smaller, as there are fewer classes than grey levels (larger, if the pixels are 0
    and 1).
    """
    is_binary = all(column.dtype.kind in "iuf" and column.max(initial=0) <= 1 for column in columns[1:-1])
    ranks = {}
    for i in (0, len(columns) - 1):
        values = {*columns[i].tolist()}
        if columns[i].dtype.kind not in "iuf":
            ranks[i] = (0, False, 0)
        elif len(values) > 1 and all(value == value // 1 for value in values):
            counts = values in ({*range(len(values))}, {*range(1, len(values) + 1)})
            ranks[i] = (1, not counts, -max(values) if is_binary else max(values))
    return min(ranks, key=ranks.get, default=None)


def _is_square(n: int) -> bool:
    return n > 3 and (math.isqrt(n) ** 2 == n or n % 3 == 0 and math.isqrt(n // 3) ** 2 == n // 3)


def _pack(columns: list[np.ndarray]) -> np.ndarray:
    """Combine the columns in an array [N, pixels]: uint8 if that can hold them, else float32."""
    fits = all(c.dtype.kind in "iu" and c.min(initial=0) >= 0 and c.max(initial=0) <= 255 for c in columns)
    packed = np.empty((len(columns[0]), len(columns)), np.uint8 if fits else np.float32)
    for i, column in enumerate(columns):
        packed[:, i] = column
    return packed


def _parse_labels(column: np.ndarray) -> np.ndarray:
    return (
        np.array(["" if value is None else str(value) for value in column])
        if column.dtype.kind == "O"
        else column
    )


def _unsuitable_error(name: str, n: int) -> UserError:
    return UserError(
        f"{name} has {n:,} column{'s' * (n != 1)}, which cannot form a square image. {FORMAT_HELP}"
    )


def _error_reason(error: Exception) -> str:
    return re.sub(r"[^ -~]", " ", str(error).split(". ")[0].split(": ", 1)[-1])[:100].strip().rstrip(".:")
