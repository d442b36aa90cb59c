"""Files that are written completely or not at all, a trash for deleted files, and locks."""

import hashlib
import os
import shutil
import tempfile
import time
from contextlib import suppress
from errno import EACCES, EAGAIN, EWOULDBLOCK
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.errors import UserError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

PART = ".part"  # of a file that is being written
ABANDONED = 3600.0  # seconds after which a partial file is left over from a process that has ended
PROBED = 2.0  # seconds to wait for a lock, which processes that only look hold for a moment
REMEDY = "Free some disk space, or choose another path."
TRASH, DAYS = ".trash", 7  # the folder of deleted files, and the days for which they can be restored


def write_whole(path: Path, content: bytes, remedy: str = REMEDY) -> None:
    """Write to a temporary file, then move it to path. Raises UserError, which ends with the remedy, if the
    disk refuses.

    After an error, the old file stays. A link is followed; a pipe or device is written to, not replaced.
    """
    write_together({path: content}, remedy)


def write_together(contents: dict[Path, bytes], remedy: str = REMEDY) -> None:
    """Write files that belong together: they are moved to their places once all have been written."""
    parts, path = {}, None
    try:
        for path, content in ((path.resolve(), content) for path, content in contents.items()):
            if path.exists() and not path.is_file() and not path.is_dir():
                path.write_bytes(content)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, parts[path] = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PART)
            with open(descriptor, "wb") as file:
                file.write(content)
            os.chmod(parts[path], 0o644)
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        for part in parts.values():
            Path(part).unlink(missing_ok=True)
        raise UserError(f"{path} could not be written: {error.strerror}. {remedy}") from error


def drop_parts(folder: Path, age: float = 0) -> None:
    """Remove partial files that are older than age (seconds) from a folder and its subfolders."""
    for part in folder.rglob(f".*{PART}"):
        with suppress(OSError):  # its writer is alive and has moved it
            if age == 0 or time.time() - part.stat().st_mtime > age:
                part.unlink()


def put_away(place: Path, name: str) -> None:
    """Move a file or folder to the trash, from which it can be restored for a week. Raises UserError if the
    disk refuses.
    """
    trash = place.parent / TRASH
    try:
        trash.mkdir(exist_ok=True)
        for old in trash.iterdir():
            if time.time() - old.stat().st_mtime > DAYS * 86_400 or old.name == place.name:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        os.replace(place, trash / place.name)
        os.utime(trash / place.name)
    except OSError as error:
        raise UserError(
            f"{name} could not be deleted: {error.strerror}. Allow writing in {place.parent}."
        ) from error


def bring_back(place: Path, name: str, kind: str) -> None:
    """Restore a file or folder from the trash. Raises UserError if it is no longer there, or its name is in
    use.
    """
    kept = place.parent / TRASH / place.name
    try:
        if place.exists() or not kept.exists():
            why = (
                f"a new {kind} has this name. Delete that one first"
                if kept.exists()
                else f"deleted items are kept for {DAYS} days only"
            )
            raise UserError(f"{name} cannot be restored: {why}.")
        os.replace(kept, place)
    except OSError as error:
        raise UserError(
            f"{name} cannot be restored: {error.strerror}. Allow writing in {place.parent}."
        ) from error


def fingerprint(content: bytes) -> dict:
    """Return the size and the SHA-256 of a file, by which changes are detected."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def is_held(lock: FileLock) -> bool:
    """Return whether a process holds a lock. A lock file that cannot be opened counts as free: it is not
    ours.

    Several processes may ask at the same time, and each gets the true answer: where the system has shared
    locks, each takes a shared lock, which only the holder's exclusive lock prevents; elsewhere they ask one
    after the other.
    """
    if not Path(lock.lock_file).exists():
        return False
    try:
        return _is_held_by_another(lock) if fcntl is None else _refuses_a_shared_lock(lock.lock_file)
    except OSError:
        return False


def _refuses_a_shared_lock(lock_file: str) -> bool:
    with open(lock_file, "rb") as file:  # closing it gives the shared lock back
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        except OSError as error:
            if error.errno in (EACCES, EAGAIN, EWOULDBLOCK):
                return True
            raise


def _is_held_by_another(lock: FileLock) -> bool:
    with FileLock(f"{lock.lock_file}.look").acquire(poll_interval=0.005):
        try:
            with lock.acquire(timeout=0):
                return False
        except Timeout:
            return True
