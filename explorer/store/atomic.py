"""Files that are written completely or not at all."""

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from explorer.errors import UserError

PART = ".part"  # of a file that is being written
ABANDONED = 3600.0  # seconds after which a partial file is left over from a process that has ended
REMEDY = "Free some disk space, or choose another path."


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


def fingerprint(content: bytes) -> dict:
    """Return the size and the SHA-256 of a file, by which changes are detected."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
