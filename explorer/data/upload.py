"""Images that someone uploads: a zip, a set of image files or an .npz. First a preview, then a data set like any other.

A preview reads headers alone, and says what they promise; the pixels are decoded once size and colour are chosen.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np

from explorer.archive import Archive, Entry
from explorer.data.arrays import from_npz
from explorer.data.dataset import Dataset, Progress, by_folder, split, untold
from explorer.data.folder import SUFFIXES
from explorer.data.image import fitted, read_each, read_image, with_image, work
from explorer.errors import UserError
from explorer.names import same, shown
from explorer.specs import IMAGE_SIZES

MOST_FILES = 50_000  # of one upload: what is decoded in some minutes, and 600 MB at 64 px in colour
MOST_BYTES = 2_000_000_000  # that they unpack to, one by one: ten seconds of unpacking
MOST_FILE_BYTES = 100_000_000  # of one image: a photograph of 89 megapixels, hardly compressed
MOST_RATIO = 200  # of an image's size to its size in the zip: images hardly pack
MOST_PIXELS = 10_000_000_000  # of all images before they are resized: two minutes of decoding
MOST_CLASSES = 1000  # more are no classes, but one folder an image
THREADS = 2  # that decode: others want the machine too
ZIP, LARGE = b"PK", "larger than 100 MB"
REMEDY = "Upload PNG or JPEG images, a zip of them, or an .npz."


@dataclass(frozen=True)
class Upload:
    """What was found: how many images of each size (width, height) and of each of Pillow's modes, and what was skipped and why.

    y int64 [n]: the class of each image, an index into class_names; names [n]: theirs.
    """

    y: np.ndarray
    class_names: tuple[str, ...]
    names: tuple[str, ...]
    sizes: dict[tuple[int, int], int]
    modes: dict[str, int]
    skipped: tuple[str, ...]
    read: Callable[[int, tuple[int, int], bool], np.ndarray | str]  # number, (height, width), colour -> uint8 [C, H, W], or why not

    @property
    def counts(self) -> dict[str, int]:
        """Images of each class."""
        return dict(zip(self.class_names, np.bincount(self.y, minlength=len(self.class_names)).tolist()))

    def dataset(self, name: str, image_size: int, colour: bool, on_progress: Progress = untold) -> Dataset:
        """The images cut to their middle square and resized; one fifth, in a fixed order, is the test split.

        Raises UserError for a size that there is not, or if fewer than two images can be decoded.
        """
        if image_size not in IMAGE_SIZES:
            raise UserError(f"Image size must be one of {', '.join(map(str, IMAGE_SIZES))}, not {image_size}.")
        size = image_size, image_size
        found = read_each(lambda i: self.read(i, size, colour), range(len(self.names)), on_progress, THREADS)
        kept = [i for i, image in enumerate(found) if isinstance(image, np.ndarray)]
        skipped = self.skipped + tuple(_skip(self.names[i], fault) for i, fault in enumerate(found) if isinstance(fault, str))
        if len(kept) < 2:
            raise UserError(_too_few(len(kept), skipped))
        classes, y = np.unique(self.y[kept], return_inverse=True)  # those with an image left
        return split(name, np.stack([found[i] for i in kept]), y, tuple(self.class_names[i] for i in classes), skipped)


def uploaded(files: Sequence[tuple[str, bytes]], on_progress: Progress = untold) -> Upload:
    """name, content of each: one zip or .npz, or any number of images, whatever they are called.

    Raises UserError, in one sentence, if fewer than two images are found, or more than can be borne.
    """
    if len(files) == 1 and files[0][1].startswith(ZIP):
        archive = Archive(files[0][1], MOST_FILES, MOST_BYTES)
        if arrays := from_npz(archive):
            return _of_arrays(*arrays)
        return of_images(archive.entries, archive.read, on_progress)
    if len(files) > MOST_FILES or sum(len(content) for _, content in files) > MOST_BYTES:
        raise UserError(f"These are more than {MOST_FILES:,} files, or {MOST_BYTES / 1e6:,.0f} MB, and that is the most. Upload fewer.")
    entries = [Entry(name.replace("\\", "/"), len(content), len(content), "a zip: upload it alone" if content.startswith(ZIP) else "",
                     content) for name, content in files]
    return of_images(entries, lambda entry: entry.source, on_progress)


def of_images(entries: Sequence[Entry], read: Callable[[Entry], bytes], on_progress: Progress = untold) -> Upload:
    """Files, and what gives the content of one, or raises ValueError with a short reason. Raises UserError as uploaded() does."""
    wanted, skipped = _sorted_out(entries)

    def looked_at(entry: Entry):
        try:
            return with_image(BytesIO(read(entry)), lambda image: (image.size, image.mode, work(image)))
        except ValueError as error:
            return str(error)

    def decoded(i: int, size: tuple[int, int], colour: bool) -> np.ndarray | str:
        try:
            return read_image(BytesIO(read(kept[i])), size, colour)
        except ValueError as error:
            return str(error)

    kept, seen, pixels = [], [], 0
    for entry, found in zip(wanted, read_each(looked_at, wanted, on_progress, THREADS)):
        if isinstance(found, str):
            skipped.append(_skip(entry.name, found))
        else:
            kept.append(entry)
            seen.append(found)
            pixels += found[2]
    if len(kept) < 2:
        raise UserError(_too_few(len(kept), skipped))
    if pixels > MOST_PIXELS:
        raise UserError(f"These images have {pixels / 1e9:,.0f} billion pixels to decode, and {MOST_PIXELS / 1e9:.0f} is the most. "
                        "Upload fewer, or smaller ones.")
    return _upload(*by_folder(_folders(kept)), [entry.name for entry in kept], [size for size, *_ in seen], [mode for _, mode, _ in seen],
                   skipped, decoded)


def _sorted_out(entries: Sequence[Entry]) -> tuple[list[Entry], list[str]]:
    """Those that may be images, in order of their names, and what is skipped and why. Hidden files are left alone."""
    wanted, skipped = [], []
    for entry in sorted(entries, key=lambda entry: entry.name):
        parts = entry.name.split("/")
        if any(part.startswith(".") and part not in (".", "..") or part == "__MACOSX" for part in parts):
            continue
        suffix = "." + parts[-1].rpartition(".")[2].lower()
        fault = entry.fault or ("" if suffix in SUFFIXES else "a zip in a zip" if suffix == ".zip" else "no image by its name") \
            or (LARGE if entry.size > MOST_FILE_BYTES else "") \
            or ("packed more tightly than an image can be" if entry.size > MOST_RATIO * max(entry.packed, 1) else "")
        if fault:
            skipped.append(_skip(entry.name, fault))
        else:
            wanted.append(entry)
    return wanted, skipped


def _folders(entries: Sequence[Entry]) -> list[str]:
    """Which folder each lies in, below those that all have in common; spelt alike, they are one."""
    paths = [[part for part in entry.name.split("/")[:-1] if part not in ("", ".")] for entry in entries]
    common = len(os.path.commonprefix(paths))
    common -= all(len(path) == common for path in paths) and common > 0  # the last of them is the class of all
    spelt: dict[str, str] = {}
    return [spelt.setdefault(same(path[common]), shown(path[common])) if path[common:] else "" for path in paths]


def _of_arrays(x: np.ndarray, y: np.ndarray, class_names: tuple[str, ...], skipped: list[str]) -> Upload:
    from PIL import Image

    n, height, width, channels = x.shape
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[channels]

    def resized(i: int, size: tuple[int, int], colour: bool) -> np.ndarray:
        return fitted(Image.fromarray(x[i, :, :, 0] if channels == 1 else x[i]), size, colour)

    if n < 2:
        raise UserError(_too_few(n, skipped))
    return _upload(y, class_names, [f"image {i}" for i in range(n)], [(width, height)] * n, [mode] * n, skipped, resized)


def _upload(y: np.ndarray, class_names: tuple[str, ...], names: list[str], sizes: list, modes: list[str], skipped: list[str],
            read: Callable) -> Upload:
    if len(class_names) > MOST_CLASSES:
        raise UserError(f"These images are of {len(class_names):,} classes, and {MOST_CLASSES:,} is the most. "
                        "Put them into fewer folders, or none.")
    counted = (dict(Counter(found).most_common()) for found in (sizes, modes))
    return Upload(y, class_names, tuple(names), *counted, tuple(skipped), read)


def _skip(name: str, fault: str) -> str:
    return f"{shown(name)}: {fault}"


def _too_few(n: int, skipped: Sequence[str]) -> str:
    return (f"This upload holds {n or 'no'} image{'s' * (n != 1)} that can be read, and training needs at least 2"
            f"{f' ({len(skipped):,} skipped; {skipped[0]})' if skipped else ''}. {REMEDY}")
