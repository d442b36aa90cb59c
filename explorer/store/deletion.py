"""Delete runs, and restore them for a week."""

import os
from contextlib import suppress
from pathlib import Path

from filelock import Timeout

from explorer.errors import UserError
from explorer.store.catalogue import SHIPPED_FOLDER, folder_for_run
from explorer.store.locks import LOCK_TIMEOUT_SECONDS
from explorer.store.run import training_lock
from explorer.store.trash import move_to_trash, restore_from_trash

SHIPPED_NAMES_FILE = SHIPPED_FOLDER / "shipped.txt"


def is_shipped(folder: Path) -> bool:
    """Return whether the run is included in the app."""
    return (
        folder.resolve().parent == SHIPPED_FOLDER.resolve()
        and folder.name in SHIPPED_NAMES_FILE.read_text(encoding="utf-8").split()
    )


def delete_run(name: str) -> None:
    """Move a run to the trash. Raises UserError for a run that is included in the app, is being trained, or
    cannot be moved.
    """
    folder = folder_for_run(name)
    try:
        if is_shipped(folder if folder.is_dir() else SHIPPED_FOLDER / name):
            raise UserError(f"{name} is included in the app and cannot be deleted.")
        if not folder.is_dir():
            raise UserError(f"There is no run named {name}.")
        lock = training_lock(folder)
        with lock.acquire(timeout=LOCK_TIMEOUT_SECONDS):
            move_to_trash(folder, name)
            with suppress(OSError):  # on Windows it is already removed
                os.unlink(lock.lock_file)
    except Timeout:
        raise UserError(f"The run {name} is being trained. Stop the training first.") from None
    except OSError as error:
        raise UserError(
            f"{name} could not be deleted: {error.strerror}. Allow writing in {folder.parent}."
        ) from error


def restore_run(name: str) -> None:
    """Restore a run from the trash. Raises UserError if it is no longer there, its name is in use, or it
    cannot be moved.
    """
    restore_from_trash(folder_for_run(name), name, "run")
