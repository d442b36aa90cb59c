"""Runs that were deleted, kept for a week beside the others, for who wants them back."""

import os
from contextlib import suppress
from pathlib import Path

from filelock import Timeout

from explorer.errors import UserError
from explorer.store.catalogue import SHIPPED, place_for
from explorer.store.files import PROBED, bring_back, put_away
from explorer.store.run import training_lock

NAMES = SHIPPED / "shipped.txt"


def is_shipped(folder: Path) -> bool:
    """Whether the run came along with the app."""
    return folder.resolve().parent == SHIPPED.resolve() and folder.name in NAMES.read_text(encoding="utf-8").split()


def delete(name: str) -> None:
    """Raises UserError for a run that came along, is being trained, or can't be moved."""
    folder = place_for(name)
    try:
        if is_shipped(folder if folder.is_dir() else SHIPPED / name):
            raise UserError(f"{name} came along with the app, and stays.")
        if not folder.is_dir():
            raise UserError(f"There is no run {name} to delete.")
        lock = training_lock(folder)
        with lock.acquire(timeout=PROBED):
            put_away(folder, name)
            with suppress(OSError):  # Windows takes it away itself
                os.unlink(lock.lock_file)
    except Timeout:
        raise UserError(f"{name} is being trained. Stop that first.") from None
    except OSError as error:
        raise UserError(f"{name} could not be deleted: {error.strerror}. Allow writing in {folder.parent}.") from error


def restore(name: str) -> None:
    """Raises UserError if it is not there any more, or another run has its name by now, or it can't be moved."""
    bring_back(place_for(name), name, "run")
