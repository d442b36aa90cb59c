"""Files that are either whole or not there, what was deleted and can come back, and locks."""

import hashlib
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.errors import UserError

PART = ".part"  # of a file that is being written
ABANDONED = 3600.0  # seconds after which a part that still lies there is nobody's
PROBED = 2.0  # seconds for which those who look may hold a lock
REMEDY = "Make room, or choose another place."
TRASH, DAYS = ".trash", 7  # the folder beside what was deleted, and for how long it can be brought back


def write_whole(path: Path, content: bytes, remedy: str = REMEDY) -> None:
    """Write beside the place, then move there. Raises UserError, which ends with the remedy, if the disk refuses; the old file stays.

    A link is followed; a pipe or device is written to, not replaced.
    """
    write_together({path: content}, remedy)


def write_together(contents: dict[Path, bytes], remedy: str = REMEDY) -> None:
    """The same with files that belong together: the first is moved to its place once there was room for the last."""
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
    """What writers that were killed, at least so many seconds ago, left half-written in the folder and below."""
    for part in folder.rglob(f".*{PART}"):
        with suppress(OSError):  # its writer lives, and has moved it
            if age == 0 or time.time() - part.stat().st_mtime > age:
                part.unlink()


def put_away(place: Path, name: str) -> None:
    """A file or folder, which can be brought back for a week. Raises UserError if the disk refuses."""
    trash = place.parent / TRASH
    try:
        trash.mkdir(exist_ok=True)
        for old in trash.iterdir():
            if time.time() - old.stat().st_mtime > DAYS * 86_400 or old.name == place.name:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        os.replace(place, trash / place.name)
        os.utime(trash / place.name)
    except OSError as error:
        raise UserError(f"{name} could not be deleted: {error.strerror}. Allow writing in {place.parent}.") from error


def bring_back(place: Path, name: str, kind: str) -> None:
    """What lay there before it was put away. Raises UserError if it is not there any more, or another has its name by now."""
    kept = place.parent / TRASH / place.name
    try:
        if place.exists() or not kept.exists():
            why = f"there is a new {kind} of that name" if kept.exists() else "it is gone for good"
            raise UserError(f"{name} can't be brought back: {why}.")
        os.replace(kept, place)
    except OSError as error:
        raise UserError(f"{name} can't be brought back: {error.strerror}. Allow writing in {place.parent}.") from error


def fingerprint(content: bytes) -> dict:
    """Size and SHA-256, by which a file is known again."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def is_held(lock: FileLock) -> bool:
    """Whether a process holds a lock. One that can't be asked is taken for free: it is not ours."""
    try:
        if Path(lock.lock_file).exists():
            lock.acquire(timeout=0)
            lock.release()
        return False
    except Timeout:
        return True
    except OSError:
        return False
