"""A site as a folder or a zip file, which is written completely or not at all."""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.errors import UserError
from explorer.store.atomic import PARTIAL_SUFFIX

MARK_FILE = "latent-space-site.json"  # by which a folder is known as a site of this app
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # of every file, so that equal sites are equal zip files


def check_replaceable(folder: Path) -> None:
    """Raise UserError if a folder contains something else than a site of this app."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UserError(f"{folder} is a file. Name a folder for the site.")
    if any(folder.iterdir()) and not (folder / MARK_FILE).is_file():
        raise UserError(
            f"{folder} contains files that are not a site of this app. Name an empty or a new folder."
        )


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """Yield a new folder, which takes the place of the folder at the end. After an error, the old one stays
    as it was. Raises UserError if the disk refuses, or the folder is not a site.
    """
    folder = folder.resolve()
    check_replaceable(folder)
    part = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=PARTIAL_SUFFIX))
        yield part
        part.chmod(0o755)
        _swap(part, folder)
    except OSError as error:
        raise UserError(
            f"{folder} could not be written: {error.strerror}. Free some disk space, or choose another path."
        ) from error
    finally:
        if part:
            shutil.rmtree(part, ignore_errors=True)


def _swap(part: Path, folder: Path) -> None:
    """Move a new folder to its place. The old one, if there is one, is then in the place of the new one."""
    if not folder.exists():
        os.rename(part, folder)
        return
    old = part.with_name(f"{part.name}.old")
    os.rename(folder, old)
    try:
        os.rename(part, folder)
    except OSError:
        os.rename(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_zip(folder: Path, file: Path) -> None:
    """Write all files of a site as a zip file. Raises UserError if the disk refuses."""
    file = file.resolve()
    part = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=PARTIAL_SUFFIX)
        with open(descriptor, "wb") as stream, zipfile.ZipFile(stream, "w") as archive:
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), ZIP_TIME)
                info.external_attr = 0o644 << 16
                archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)
        os.chmod(part, 0o644)
        os.replace(part, file)
        part = None
    except OSError as error:
        raise UserError(
            f"{file} could not be written: {error.strerror}. Free some disk space, or choose another path."
        ) from error
    finally:
        if part:
            Path(part).unlink(missing_ok=True)
