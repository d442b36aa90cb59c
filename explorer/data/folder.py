"""A folder of the user's own images: one sub-folder a class, or none."""

import os
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Progress, by_folder, split, untold
from explorer.data.image import read_each, read_image
from explorer.errors import UserError
from explorer.names import shown

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"}


def folder(path: str, image_size: int, colour: bool, on_progress: Progress = untold) -> Dataset:
    """Every image below path but hidden ones, cut to its middle square and resized; one fifth, in a fixed order, is the test split.

    Raises UserError if there is no such folder, or fewer than two images in it can be read.
    """
    root = Path(os.path.expanduser(path))
    if not root.is_dir():
        raise UserError(f"There is no folder {root}. Give the path of a folder of images, as in folder:/home/me/faces.")
    files = image_files(root)
    x, kept, skipped = read_images(root, files, image_size, colour, on_progress)
    if len(x) < 2:
        raise UserError(f"{root} holds {len(x) or 'no'} readable image{'s' * (len(x) != 1)}, and training needs at least 2. "
                        f"Add PNG or JPEG files{f' ({len(skipped)} skipped: {skipped[0]})' if skipped else ''}.")
    top = [next(iter(files[i].relative_to(root).parts[:-1]), "") for i in kept]
    y, class_names = by_folder(top)
    return split(f"folder:{root}", x, y, tuple(shown(name) for name in class_names), skipped)


def image_files(root: Path) -> list[Path]:
    """Below root, hidden ones left out; links to folders are followed, each folder once."""
    found, seen = [], set()
    for folder, inner, names in os.walk(root, followlinks=True):
        place = os.path.realpath(folder)
        inner[:] = [] if place in seen else sorted(name for name in inner if not name.startswith("."))
        if place not in seen:
            found += [Path(folder, name) for name in names if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES]
        seen.add(place)
    return sorted(path for path in found if path.is_file())


def read_images(root: Path, files: list[Path], size: int, colour: bool,
                on_progress: Progress) -> tuple[np.ndarray, list[int], tuple[str, ...]]:
    """uint8 [n, 1 or 3, size, size] of the files that can be read, their places in the list, and what was skipped (below root) and why."""
    read = read_each(lambda file: read_image(file, (size, size), colour), files, on_progress)
    kept = [i for i, image in enumerate(read) if isinstance(image, np.ndarray)]
    skipped = tuple(shown(f"{files[i].relative_to(root)}: {fault}", 300) for i, fault in enumerate(read) if isinstance(fault, str))
    x = np.stack([read[i] for i in kept]) if kept else np.empty((0, 3 if colour else 1, size, size), np.uint8)
    return x, kept, skipped
