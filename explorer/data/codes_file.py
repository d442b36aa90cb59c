"""Read latent codes in the files of TensorFlow's Embedding Projector: vectors.tsv, and metadata.tsv if there
is one.
"""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from explorer.errors import UserError
from explorer.names import sanitize
from explorer.untrusted.archive import Archive

VECTORS_FILE, METADATA_FILE = "vectors.tsv", "metadata.tsv"
MAX_BYTES = 200_000_000  # of both files
MAX_FILES = 20  # of a zip
MAX_DIMENSIONS = 4096
MIN_CODES = 2
FORMAT_HELP = "Each line must contain the numbers of one code, separated by tabs."


@dataclass(frozen=True)
class CodesFile:
    """Codes from a file of a visitor. z: float64 [n, D]; columns: the metadata, n texts in each column, by
    its name.
    """

    z: np.ndarray
    columns: dict[str, list[str]] = field(default_factory=dict)


def read_codes_files(files: dict[str, bytes]) -> CodesFile:
    """Read the two files, given by their names, or a zip of them, such as `export --to projector` writes.

    A file with "metadata" in its name is the metadata. Raises UserError if the other one is missing or not
    the only one.
    """
    for name, content in files.items():
        if Path(name).suffix.lower() == ".zip":
            files = _unzip(content)
            break
    metadata = [name for name in files if "metadata" in name.lower()]
    vectors = [name for name in files if name not in metadata]
    if len(vectors) != 1 or len(metadata) > 1:
        raise UserError(
            f"Codes are read from one file {VECTORS_FILE}, with or without one file {METADATA_FILE}. Choose"
            " these two files, or a zip file that contains them."
        )
    return read_codes(files[vectors[0]], files[metadata[0]] if metadata else None)


def _unzip(content: bytes) -> dict[str, bytes]:
    archive = Archive(content, MAX_FILES, MAX_BYTES)
    entries = [
        entry
        for entry in archive.entries
        if Path(entry.name).suffix.lower() == ".tsv" and "__MACOSX" not in entry.name
    ]
    try:
        return {entry.name.rpartition("/")[2]: archive.read(entry) for entry in entries}
    except ValueError as error:
        raise UserError(
            f"A file in this zip file cannot be read, because {error}. Create it again."
        ) from None


def read_codes(vectors: bytes, metadata: bytes | None = None) -> CodesFile:
    """Read tab-separated numbers, one code per line, without a header, and metadata with a header, or with
    one column and no header.

    Raises UserError if a line is not a code, or the two files have different numbers of lines.
    """
    if len(vectors) + len(metadata or b"") > MAX_BYTES:
        raise UserError(
            f"These files are larger than {MAX_BYTES / 1e6:,.0f} MB, which is the limit. Save fewer codes."
        )
    z = _parse_numbers(_parse_rows(vectors, VECTORS_FILE))
    return CodesFile(
        z, _parse_columns(_parse_rows(metadata, METADATA_FILE), len(z)) if metadata is not None else {}
    )


def _parse_rows(content: bytes, name: str) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{name} is not text in UTF-8. Save it as UTF-8.") from None
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter="\t") if row]
    except csv.Error as error:
        raise UserError(f"{name} cannot be read: {error}. Save it as text with tabs.") from None


def _parse_numbers(rows: list[list[str]]) -> np.ndarray:
    if len(rows) < MIN_CODES:
        raise UserError(
            f"{VECTORS_FILE} must contain at least {MIN_CODES} codes, and it contains {len(rows)}."
            f" {FORMAT_HELP}"
        )
    if not 1 <= (dim := len(rows[0])) <= MAX_DIMENSIONS:
        raise UserError(
            f"A code can have at most {MAX_DIMENSIONS:,} dimensions, and the first line of {VECTORS_FILE} has"
            f" {dim:,}."
        )
    for i, row in enumerate(rows, 1):
        if len(row) != dim:
            raise UserError(
                f"Line {i} of {VECTORS_FILE} has {len(row)} numbers, and the first line has {dim}."
                f" {FORMAT_HELP}"
            )
    try:
        z = np.array(rows, dtype=np.float64)
    except ValueError:
        i, value = next((i, value) for i, row in enumerate(rows, 1) for value in row if not _is_number(value))
        raise UserError(
            f"Line {i} of {VECTORS_FILE} contains “{sanitize(value, 30)}”, which is not a number."
            f" {FORMAT_HELP}"
        ) from None
    if not np.isfinite(z).all():
        raise UserError(
            f"Line {1 + int(np.argmin(np.isfinite(z).all(1)))} of {VECTORS_FILE} contains a number that is"
            f" not finite. {FORMAT_HELP}"
        )
    return z


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _parse_columns(rows: list[list[str]], n: int) -> dict[str, list[str]]:
    """Parse the metadata columns. By the Embedding Projector's rule, a single column has no header and
    several columns have one; a single column with a header is accepted too.
    """
    width = max(map(len, rows), default=0)
    has_header = width > 1 or len(rows) == n + 1
    if len(rows) - has_header != n:
        raise UserError(
            f"{METADATA_FILE} describes {max(len(rows) - has_header, 0):,} codes, and {VECTORS_FILE} contains"
            f" {n:,}. The two files must have the same number of codes."
        )
    names = [name or f"column {i}" for i, name in enumerate(rows[0], 1)] if has_header else ["label"]
    return {
        name: [row[i] if i < len(row) else "" for row in rows[has_header:]] for i, name in enumerate(names)
    }
