"""A folder of the user's own images: one sub-folder a class, or none."""

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np

from explorer.data.dataset import Dataset, Progress, shuffled, untold
from explorer.errors import UserError

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"}
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "AVIF")  # whatever the suffix says; Pillow knows others, which start programs
TEST_SHARE = 0.2
TELL_EVERY = 100  # images
UNREADABLE = "not an image that can be read"


def folder(path: str, image_size: int, colour: bool, on_progress: Progress = untold) -> Dataset:
    """Every image below path but hidden ones, cut to its middle square and resized; one fifth, in a fixed order, is the test split.

    Raises UserError if there is no such folder, or fewer than two images in it can be read.
    """
    root = Path(os.path.expanduser(path))
    if not root.is_dir():
        raise UserError(f"There is no folder {root}. Give the path of a folder of images, as in folder:/home/me/faces.")
    files = _image_files(root)
    x, kept, skipped = read_images(root, files, image_size, colour, on_progress)
    if len(x) < 2:
        raise UserError(f"{root} holds {len(x) or 'no'} readable image{'s' * (len(x) != 1)}, and training needs at least 2. "
                        f"Add PNG or JPEG files{f' ({len(skipped)} skipped: {skipped[0]})' if skipped else ''}.")
    top = [next(iter(files[i].relative_to(root).parts[:-1]), "") for i in kept]
    classes = sorted(set(top), key=lambda name: (not name, name))  # those in no folder come last
    y = np.array([classes.index(name) for name in top], np.int64)
    class_names = [name or ("(no folder)" if len(classes) > 1 else "images") for name in classes]
    order = shuffled(len(x))
    n_test = max(1, round(len(x) * TEST_SHARE))
    return Dataset(f"folder:{root}", x[order], y[order], tuple(class_names), len(x) - n_test, skipped=skipped)


def _image_files(root: Path) -> list[Path]:
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
    with warnings.catch_warnings(), ThreadPoolExecutor() as pool:
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata, and of transparency that it drops
        read = []
        for image in pool.map(lambda file: read_image(file, (size, size), colour), files):
            read.append(image)
            if len(read) % TELL_EVERY == 0 or len(read) == len(files):
                on_progress(len(read), len(files))
    kept = [i for i, image in enumerate(read) if isinstance(image, np.ndarray)]
    skipped = tuple(f"{files[i].relative_to(root)}: {fault}" for i, fault in enumerate(read) if isinstance(fault, str))
    x = np.stack([read[i] for i in kept]) if kept else np.empty((0, 3 if colour else 1, size, size), np.uint8)
    return x, kept, skipped


def read_image(file: Path | BinaryIO, size: tuple[int, int], colour: bool) -> np.ndarray | str:
    """uint8 [1 or 3, *size]: the image, or an animation's first, upright, cut to its middle and resized; or why it can't be read."""
    from PIL import Image, ImageOps

    height, width = size
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > Image.MAX_IMAGE_PIXELS:  # from twice as many on, Pillow itself refuses
                return f"{image.width} × {image.height} pixels are too many to be meant"
            mode = "RGB" if colour else "L"
            image.draft(mode, (max(size) * 2, max(size) * 2))  # lets JPEG decode at a fraction of its size
            ImageOps.exif_transpose(image, in_place=True)
            if image.mode.startswith("I;16"):  # whose upper byte is the grey; Pillow would cut it off at 255
                image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
            image = image.convert("RGBA" if image.has_transparency_data else mode)
            image = ImageOps.fit(image, (width, height), Image.Resampling.BOX)  # which weighs a colour by its alpha
            if image.mode == "RGBA":
                image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert(mode)
            pixels = np.asarray(image)
    except Image.DecompressionBombError:
        return "so many pixels can't be meant"
    except Exception as error:  # there is no end to what Pillow raises on damaged files: struct.error, TypeError, …
        return isinstance(error, OSError) and not isinstance(error, Image.UnidentifiedImageError) and str(error) or UNREADABLE
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)) if colour else pixels[None]
