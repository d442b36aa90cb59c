"""The files from which the images of a data set are decoded, by what its name has after the colon."""

import os
from pathlib import Path

from explorer.data.folder import find_image_files
from explorer.data.formats import ARRAY_SUFFIX, TABLE_SUFFIXES
from explorer.store.folders import data_folder


def files_of_folder(path: str) -> list[Path]:
    """Return all files that folder:PATH reads."""
    return find_image_files(Path(os.path.expanduser(path)), TABLE_SUFFIXES | {ARRAY_SUFFIX})


def files_of_file(path: str) -> list[Path]:
    """Return the file that file:PATH reads, if there is one."""
    file = Path(os.path.expanduser(path))
    return [file] if file.is_file() else []


def files_of_celeba(_: str = "") -> list[Path]:
    """Return the images and the tables of CelebA."""
    folder = data_folder() / "celeba"
    return sorted([*folder.glob("*.txt"), *(folder / "img_align_celeba").glob("*")])


def files_of_faces(_: str = "") -> list[Path]:
    """Return the modules that draw the faces."""
    return [Path(__file__).with_name(name) for name in ("faces.py", "face_drawing.py")]
