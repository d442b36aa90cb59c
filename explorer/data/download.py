"""Download one file: it is streamed into a temporary file, checked, and then moved into place."""

import hashlib
import os
import urllib.request
from http.client import HTTPException
from pathlib import Path

from explorer.data.dataset import Progress, no_progress
from explorer.errors import UserError

CHUNK_BYTES = 1 << 18


def file_md5(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def download_file(urls: list[str], target: Path, md5: str, on_progress: Progress = no_progress) -> None:
    """Fetch target from the first url that serves a file with that MD5; an intact file is kept as it is.

    Raises UserError, and leaves nothing half-written, if none does.
    """
    try:
        if target.is_file() and file_md5(target) == md5:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _write_error(target, error) from error
    part = target.with_name(target.name + ".part")
    faults = []
    for url in urls:
        try:
            _stream_to_file(url, part, on_progress)
            if file_md5(part) != md5:
                raise OSError("the downloaded file is incomplete or is another file")
            os.replace(part, target)
            return
        except PermissionError as error:  # a fault of the disk, not of the address
            raise _write_error(target, error) from error
        except (OSError, HTTPException) as error:  # URLError, timeouts and a full disk are OSErrors
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error).strip()
            faults.append(f"{url}: {reason}")
        finally:
            if part.exists():
                part.unlink()
    raise UserError(
        f"{target.name} could not be downloaded ({'; '.join(faults)}). "
        f"Try again, or save the file yourself as {target}."
    )


def _write_error(target: Path, error: OSError) -> UserError:
    return UserError(
        f"{target} could not be written: {error.strerror}. Allow writing to it, or set EXPLORER_DATA to"
        " another folder."
    )


def _stream_to_file(url: str, partial_file: Path, on_progress: Progress) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": "latent-space-explorer"})
    with urllib.request.urlopen(request, timeout=30) as answer, open(partial_file, "wb") as file:
        n_bytes, total = 0, int(answer.headers.get("Content-Length") or 0)
        while chunk := answer.read(CHUNK_BYTES):
            file.write(chunk)
            n_bytes += len(chunk)
            on_progress(n_bytes, total)
