"""Deletes runs, and restores them for a week."""

import os
from contextlib import suppress
from pathlib import Path

from filelock import Timeout

from explorer.errors import UserError
from explorer.store.catalogue import SHIPPED, place_for
from explorer.store.locks import PROBED
from explorer.store.run import training_lock
from explorer.store.trash import move_to_trash, restore_from_trash

NAMES = SHIPPED / "shipped.txt"


def is_shipped(folder: Path) -> bool:
    """Return whether the run is included in the app."""
    return (
        folder.resolve().parent == SHIPPED.resolve()
        and folder.name in NAMES.read_text(encoding="utf-8").split()
    )


def delete(name: str) -> None:
    """Raises UserError for a run that is included in the app, is being trained, or cannot be moved."""
    folder = place_for(name)
    try:
        if is_shipped(folder if folder.is_dir() else SHIPPED / name):
            raise UserError(f"{name} is included in the app and cannot be deleted.")
        if not folder.is_dir():
            raise UserError(f"There is no run named {name}.")
        lock = training_lock(folder)
        with lock.acquire(timeout=PROBED):
            move_to_trash(folder, name)
            with suppress(OSError):  # on Windows it is gone already
                os.unlink(lock.lock_file)
    except Timeout:
        raise UserError(f"The run {name} is being trained. Stop the training first.") from None
    except OSError as error:
        raise UserError(
            f"{name} could not be deleted: {error.strerror}. Allow writing in {folder.parent}."
        ) from error


def restore(name: str) -> None:
    """Raises UserError if the run is no longer in the trash, its name is in use, or it cannot be moved."""
    restore_from_trash(place_for(name), name, "run")
