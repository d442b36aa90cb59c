"""The folders of the server that visitors may read: those in EXPLORER_FOLDERS, and their subfolders."""

import os
import stat
from pathlib import Path

from explorer.data.dataset import Progress, no_progress
from explorer.data.folder import read_file_upload
from explorer.data.preview import Upload
from explorer.data.upload import MAX_FILES, UploadSource, read_entries
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.registry import DATASETS
from explorer.untrusted.archive import Entry

FOLDERS_VARIABLE = "EXPLORER_FOLDERS"
MAX_LISTED_FOLDERS = 200
# Suffixes of files that contain a set of images.
DATASET_SUFFIXES = {".zip", ".npz", ".npy", ".csv", ".tsv", ".tif", ".tiff"}
LINK_OUTSIDE_MESSAGE = "it is a link that leads out of the allowed folders"
LINK_TO_FOLDER_MESSAGE = "it is a link to a folder"


def allowed_folders() -> list[Path]:
    """Return the allowed folders as absolute paths without links; missing folders are left out."""
    folders = (
        os.path.expanduser(part) for part in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep) if part
    )
    return [Path(os.path.realpath(folder)) for folder in folders if os.path.isdir(folder)]


def list_folders() -> list[str]:
    """Return the allowed folders and the folders in them, as far as they can be listed."""
    paths = []
    for root in allowed_folders():
        try:
            inner = sorted(
                entry.path
                for entry in os.scandir(root)
                if entry.is_dir(follow_symlinks=False) and entry.name[0] != "."
            )
        except OSError:
            continue
        paths += [str(root), *inner]
    return paths[:MAX_LISTED_FOLDERS]


def check_path(path: str, may_be_file: bool = False) -> Path:
    """Return the path without links. Raises UserError unless it is an allowed folder, or inside one."""
    try:
        folder = Path(os.path.realpath(os.path.expanduser(path)))
    except (OSError, ValueError):
        folder = Path(os.devnull)
    is_file = may_be_file and folder.suffix.lower() in DATASET_SUFFIXES and folder.is_file()
    if not _is_allowed(folder) or not (folder.is_dir() or is_file):
        raise UserError(
            f"{sanitize(path)} is not a folder that visitors of this server may read. Upload its images, or"
            f" ask the person who runs the server to add it to {FOLDERS_VARIABLE}."
        )
    return folder


def check_links(path: str) -> None:
    """Check a folder that will be read with its links followed. Raises UserError as check_path() does, and
    for a link that may lead outside.
    """
    folder = check_path(path)
    if link := next(
        (
            entry
            for entry in _list_entries(folder)
            if entry.fault in (LINK_OUTSIDE_MESSAGE, LINK_TO_FOLDER_MESSAGE)
        ),
        None,
    ):
        raise UserError(
            f"{sanitize(link.name)} in {sanitize(folder.name)} cannot be read: {link.fault}. Remove it, or"
            " use another folder."
        )


def check_dataset(dataset: str) -> None:
    """Check a data set that a visitor names: folder:PATH with check_links(), file:PATH with check_path();
    other data sets are always allowed.
    """
    name, _, path = dataset.partition(":")
    if (argument := DATASETS[name].argument) == "folder":
        check_links(path)
    elif argument == "file":
        check_path(path, may_be_file=True)


def read_server_path(path: str, on_progress: Progress = no_progress, encoding: str | None = None) -> Upload:
    """Read the images of an allowed folder or file as if they were uploaded. Raises UserError as check_path()
    and read_upload() do.
    """
    place = check_path(path, may_be_file=True)
    if place.is_file():
        return read_file_upload(place, on_progress, encoding)
    return read_entries(_list_entries(place), _read, on_progress, UploadSource(sanitize(place.name)))


def _read(entry: Entry) -> bytes:
    try:
        if not _is_allowed(Path(os.path.realpath(entry.source))):
            raise ValueError(LINK_OUTSIDE_MESSAGE)
        return entry.source.read_bytes()
    except OSError as error:
        raise ValueError(error.strerror) from None


def _is_allowed(place: Path) -> bool:
    return any(place.is_relative_to(root) for root in allowed_folders())


def _list_entries(folder: Path) -> list[Entry]:
    """Return the files in the folder and its subfolders. Links to folders are not followed. Raises UserError
    if there are too many.
    """
    entries, faults = [], []
    for place, inner, names in os.walk(folder, onerror=lambda error: faults.append(error.filename)):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        links = [name for name in inner if os.path.islink(os.path.join(place, name))]
        entries += [
            _entry(Path(place, name), folder) for name in (*names, *links) if not name.startswith(".")
        ]
        if len(entries) > MAX_FILES:
            raise UserError(
                f"{folder.name} contains more files than the limit of {MAX_FILES:,}. Choose one of its"
                " subfolders."
            )
    return entries + [
        Entry(Path(name).relative_to(folder).as_posix(), 0, 0, "it is a folder that cannot be read", b"")
        for name in faults
    ]


def _entry(path: Path, folder: Path) -> Entry:
    name = path.relative_to(folder).as_posix()
    if path.is_symlink() and not _is_allowed(Path(os.path.realpath(path))):
        return Entry(name, 0, 0, LINK_OUTSIDE_MESSAGE, path)
    try:
        status = path.stat()
    except OSError as error:
        return Entry(name, 0, 0, error.strerror, path)
    fault = (
        LINK_TO_FOLDER_MESSAGE
        if stat.S_ISDIR(status.st_mode)
        else ""
        if stat.S_ISREG(status.st_mode)
        else "it is not a regular file"
    )
    return Entry(name, status.st_size, status.st_size, fault, path)
