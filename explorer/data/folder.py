"""The user's own images in a folder or a file on this machine: folder:PATH and file:PATH."""

import os
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Progress, no_progress
from explorer.data.formats import ARRAY_SUFFIX, TABLE_SUFFIXES, is_image, suffix_of
from explorer.data.image import read_all, read_image
from explorer.data.preview import Upload
from explorer.data.upload import MAX_UNPACKED_BYTES, UploadSource, read_entries, read_upload
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.untrusted.archive import Entry


def load_folder(path: str, image_size: int, colour: bool, on_progress: Progress = no_progress) -> Dataset:
    """Return all images below path, except hidden ones: their central squares, resized. Folders named train
    and test are a split; without them, a fifth of the images is the test split.

    Raises UserError if there is no such folder, or fewer than two images in it can be read.
    """
    root = Path(os.path.expanduser(path))
    if not root.is_dir():
        raise _missing("folder", root, "a folder of images, as in folder:/home/me/faces")
    return read_folder_upload(root, on_progress).to_dataset(f"folder:{root}", image_size, colour, on_progress)


def read_folder_upload(root: Path, on_progress: Progress = no_progress) -> Upload:
    """Return the images of a folder. There is no limit on their number or size: a folder can be named only on
    the command line, and by visitors only if EXPLORER_FOLDERS allows it.
    """
    entries = []
    for place in find_image_files(root, TABLE_SUFFIXES | {ARRAY_SUFFIX}):
        size = place.stat().st_size
        entries.append(Entry(place.relative_to(root).as_posix(), size, size, "", place))
    return read_entries(
        entries,
        lambda entry: entry.source,
        on_progress,
        UploadSource(sanitize(str(root), 300), is_limited=False),
    )


def load_file(path: str, image_size: int, colour: bool, on_progress: Progress = no_progress) -> Dataset:
    """Return the images of a zip file, an .npz, an .npy, a table, or a TIFF of several pages, as if it were
    uploaded.

    Raises UserError if there is no such file, or it does not contain images.
    """
    place = Path(os.path.expanduser(path))
    return read_file_upload(place, on_progress).to_dataset(f"file:{place}", image_size, colour, on_progress)


def read_file_upload(path: Path, on_progress: Progress = no_progress, encoding: str | None = None) -> Upload:
    """Return the images of a file. Raises UserError as read_upload() does, or if the file cannot be read."""
    name = sanitize(str(path), 300)
    try:
        if not path.is_file():
            raise _missing("file", path, "a file with images, as in file:/home/me/faces.zip")
        if path.stat().st_size > MAX_UNPACKED_BYTES:
            raise UserError(
                f"{name} is larger than the limit of {MAX_UNPACKED_BYTES / 1e6:,.0f} MB. Split it, or unpack"
                " it into a folder."
            )
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{name} could not be read: {error.strerror}. Allow reading it.") from None
    return read_upload([(path.name, content)], on_progress, encoding, name)


def find_image_files(root: Path, other_suffixes: frozenset[str] = frozenset()) -> list[Path]:
    """Return all images below root, and all files with one of the other suffixes, sorted. Hidden files are
    left out. Links to folders are followed; each folder is visited once.
    """
    files, visited = [], set()
    for folder, subfolders, names in os.walk(root, followlinks=True):
        real_path = os.path.realpath(folder)
        is_new = real_path not in visited
        subfolders[:] = sorted(name for name in subfolders if not name.startswith(".")) if is_new else []
        if is_new:
            files += [
                Path(folder, name)
                for name in names
                if not name.startswith(".") and (is_image(name) or suffix_of(name) in other_suffixes)
            ]
        visited.add(real_path)
    return sorted(path for path in files if path.is_file())


def read_images(
    root: Path, files: list[Path], size: int, colour: bool, on_progress: Progress
) -> tuple[np.ndarray, list[int], tuple[str, ...]]:
    """Return the images that can be read, uint8 [n, 1 or 3, size, size], their indices in the list, and a
    sentence about each other file, named by its path below root.
    """
    images = read_all(lambda file: read_image(file, (size, size), colour), files, on_progress)
    rows = [i for i, image in enumerate(images) if isinstance(image, np.ndarray)]
    skipped = tuple(
        sanitize(f"{files[i].relative_to(root)}: {fault}", 300)
        for i, fault in enumerate(images)
        if isinstance(fault, str)
    )
    x = (
        np.stack([images[i] for i in rows])
        if rows
        else np.empty((0, 3 if colour else 1, size, size), np.uint8)
    )
    return x, rows, skipped


def _missing(noun: str, path: Path, remedy: str) -> UserError:
    return UserError(f"There is no {noun} {sanitize(str(path), 300)}. Give the path of {remedy}.")
