"""Files that are written completely or not at all."""

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from explorer.errors import UserError

PARTIAL_SUFFIX = ".part"  # of a file that is being written
# A partial file that is older than this belongs to a process that has ended.
ABANDONED_AFTER_SECONDS = 3600.0
DEFAULT_REMEDY = "Free some disk space, or choose another path."


def write_atomically(path: Path, content: bytes, remedy: str = DEFAULT_REMEDY) -> None:
    """Write to a temporary file, then move it to path. Raises UserError, which ends with the remedy, if the
    disk refuses.

    After an error, the old file stays. A link is followed; a pipe or device is written to, not replaced.
    """
    write_all_atomically({path: content}, remedy)


def write_all_atomically(contents: dict[Path, bytes], remedy: str = DEFAULT_REMEDY) -> None:
    """Write files that belong together: they are moved to their places once all have been written."""
    parts, path = {}, None
    try:
        for path, content in ((path.resolve(), content) for path, content in contents.items()):
            if path.exists() and not path.is_file() and not path.is_dir():
                path.write_bytes(content)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, parts[path] = tempfile.mkstemp(
                dir=path.parent, prefix=f".{path.name}.", suffix=PARTIAL_SUFFIX
            )
            with open(descriptor, "wb") as file:
                file.write(content)
            os.chmod(parts[path], 0o644)
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        for part in parts.values():
            Path(part).unlink(missing_ok=True)
        raise UserError(f"{path} could not be written: {error.strerror}. {remedy}") from error


def remove_partial_files(folder: Path, min_age_seconds: float = 0) -> None:
    """Remove partial files that are older than min_age_seconds from a folder and its subfolders."""
    for part in folder.rglob(f".*{PARTIAL_SUFFIX}"):
        with suppress(OSError):  # its writer has moved it in the meantime
            if min_age_seconds == 0 or time.time() - part.stat().st_mtime > min_age_seconds:
                part.unlink()


def fingerprint(content: bytes) -> dict:
    """Return the size and the SHA-256 of a file, by which changes are detected."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
