"""A trash for deleted files and folders, from which they can be restored."""

import os
import shutil
import time
from pathlib import Path

from explorer.errors import UserError

TRASH_FOLDER = ".trash"
TRASH_RETENTION_DAYS = 7  # the days for which deleted files can be restored


def move_to_trash(path: Path, name: str) -> None:
    """Move a file or folder to the trash, from which it can be restored for a week. Raises UserError if the
    disk refuses.
    """
    trash = path.parent / TRASH_FOLDER
    try:
        trash.mkdir(exist_ok=True)
        for old in trash.iterdir():
            if time.time() - old.stat().st_mtime > TRASH_RETENTION_DAYS * 86_400 or old.name == path.name:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        os.replace(path, trash / path.name)
        os.utime(trash / path.name)
    except OSError as error:
        raise UserError(
            f"{name} could not be deleted: {error.strerror}. Allow writing in {path.parent}."
        ) from error


def restore_from_trash(path: Path, name: str, kind: str) -> None:
    """Restore a file or folder from the trash. Raises UserError if it is no longer there, or its name is in
    use.
    """
    trashed = path.parent / TRASH_FOLDER / path.name
    try:
        if path.exists() or not trashed.exists():
            reason = (
                f"a new {kind} has this name. Delete that one first"
                if trashed.exists()
                else f"deleted items are kept for {TRASH_RETENTION_DAYS} days only"
            )
            raise UserError(f"{name} cannot be restored: {reason}.")
        os.replace(trashed, path)
    except OSError as error:
        raise UserError(
            f"{name} cannot be restored: {error.strerror}. Allow writing in {path.parent}."
        ) from error
