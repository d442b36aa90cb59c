"""A new run's folder, which appears complete or not at all."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.errors import UserError
from explorer.store.catalogue import folder_for_run, is_run_name_taken, runs_folder

TEMPORARY_PREFIX = ".import-"
MAX_AGE_SECONDS = 3600  # after which the files of a killed import are removed


def unused_folder(name: str) -> Path:
    """Return the folder for a new run of this name. Raises UserError if there is one."""
    place = folder_for_run(name)
    if is_run_name_taken(name) or place.exists():
        raise UserError(
            f"A run named {name} exists already. Choose another name (--run NAME), or delete that run."
        )
    return place


@contextmanager
def staging_folder(place: Path) -> Iterator[Path]:
    """Yield a temporary folder to fill. It is moved to its place at the end, or removed if an exception is
    raised. Raises UserError if the disk refuses.
    """
    root = runs_folder()
    try:
        root.mkdir(parents=True, exist_ok=True)
        for old in root.glob(f"{TEMPORARY_PREFIX}*"):
            if time.time() - old.stat().st_mtime > MAX_AGE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=TEMPORARY_PREFIX) as folder:
            yield Path(folder, place.name)
            os.rename(Path(folder, place.name), place)
    except OSError as error:
        raise UserError(
            f"{place} could not be written: {error.strerror}. "
            "Free some disk space, or set EXPLORER_RUNS to another folder."
        ) from error
