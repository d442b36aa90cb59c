"""How much space files occupy, and how much they may."""

import os
from contextlib import suppress
from pathlib import Path

from explorer.store.environment import read_number


def max_disk_gb() -> float:
    """Return how many GB runs and images may occupy (EXPLORER_MAX_DISK). Raises UserError if it is not a
    number.
    """
    return read_number("EXPLORER_MAX_DISK", 20.0, 0, 1_000_000)


def folder_bytes(folder: Path) -> int:
    """Return the size of all files below a folder; 0 if there is none."""
    return sum(_file_bytes(Path(place, name)) for place, _, names in os.walk(folder) for name in names)


def _file_bytes(file: Path) -> int:
    """Return the size of a file; 0 if it no longer exists."""
    with suppress(OSError):
        return file.lstat().st_size
    return 0
