"""A folder, or a file, of the user's own images on this machine: folder:PATH and file:PATH."""

import os
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Progress, untold
from explorer.data.formats import ARRAY, TABLES, is_image, suffix_of
from explorer.data.image import read_each, read_image
from explorer.data.preview import Upload
from explorer.data.upload import MOST_BYTES, Door, of_entries, uploaded
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.untrusted.archive import Entry


def folder(path: str, image_size: int, colour: bool, on_progress: Progress = untold) -> Dataset:
    """Every image below path but hidden ones, cut to its middle square and resized; one fifth, in a fixed
    order, is the test split.

    Folders train and test are a split. Raises UserError if there is no such folder, or fewer than two images
    in it can be read.
    """
    root = Path(os.path.expanduser(path))
    if not root.is_dir():
        raise _missing("folder", root, "a folder of images, as in folder:/home/me/faces")
    return folder_upload(root, on_progress).dataset(f"folder:{root}", image_size, colour, on_progress)


def folder_upload(root: Path, on_progress: Progress = untold) -> Upload:
    """The images in a folder, without a limit: whoever names it on the command line owns this machine."""
    entries = []
    for place in image_files(root, TABLES | {ARRAY}):
        size = place.stat().st_size
        entries.append(Entry(place.relative_to(root).as_posix(), size, size, "", place))
    return of_entries(
        entries, lambda entry: entry.source, on_progress, Door(sanitize(str(root), 300), is_limited=False)
    )


def file(path: str, image_size: int, colour: bool, on_progress: Progress = untold) -> Dataset:
    """What an upload of this file would be: a zip, an .npz, an .npy, a table, or a TIFF of several pages.

    Raises UserError if there is no such file, or it is no images.
    """
    place = Path(os.path.expanduser(path))
    return file_upload(place, on_progress).dataset(f"file:{place}", image_size, colour, on_progress)


def file_upload(place: Path, on_progress: Progress = untold, encoding: str | None = None) -> Upload:
    """Raises UserError as uploaded() does, or if the file can't be read."""
    name = sanitize(str(place), 300)
    try:
        if not place.is_file():
            raise _missing("file", place, "a file with images, as in file:/home/me/faces.zip")
        if place.stat().st_size > MOST_BYTES:
            raise UserError(
                f"{name} is larger than the limit of {MOST_BYTES / 1e6:,.0f} MB. Split it, or unpack it into"
                " a folder."
            )
        content = place.read_bytes()
    except OSError as error:
        raise UserError(f"{name} could not be read: {error.strerror}. Allow reading it.") from None
    return uploaded([(place.name, content)], on_progress, encoding, name)


def image_files(root: Path, others: frozenset[str] = frozenset()) -> list[Path]:
    """Images below root, and files with other suffixes that are wanted; hidden ones are left out.

    Links to folders are followed, each folder once.
    """
    found, seen = [], set()
    for folder, inner, names in os.walk(root, followlinks=True):
        place = os.path.realpath(folder)
        inner[:] = [] if place in seen else sorted(name for name in inner if not name.startswith("."))
        if place not in seen:
            found += [
                Path(folder, name)
                for name in names
                if not name.startswith(".") and (is_image(name) or suffix_of(name) in others)
            ]
        seen.add(place)
    return sorted(path for path in found if path.is_file())


def read_images(
    root: Path, files: list[Path], size: int, colour: bool, on_progress: Progress
) -> tuple[np.ndarray, list[int], tuple[str, ...]]:
    """uint8 [n, 1 or 3, size, size] of the files that can be read, their places in the list, and what was
    skipped (below root) and why.
    """
    read = read_each(lambda file: read_image(file, (size, size), colour), files, on_progress)
    kept = [i for i, image in enumerate(read) if isinstance(image, np.ndarray)]
    skipped = tuple(
        sanitize(f"{files[i].relative_to(root)}: {fault}", 300)
        for i, fault in enumerate(read)
        if isinstance(fault, str)
    )
    x = np.stack([read[i] for i in kept]) if kept else np.empty((0, 3 if colour else 1, size, size), np.uint8)
    return x, kept, skipped


def _missing(noun: str, path: Path, remedy: str) -> UserError:
    return UserError(f"There is no {noun} {sanitize(str(path), 300)}. Give the path of {remedy}.")
