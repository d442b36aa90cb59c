"""Images in an .npz, as numpy saves them, read by hand: nothing is unpickled, and what an array claims to be is checked first."""

import math
from io import BytesIO

import numpy as np

from explorer.archive import Archive, Entry
from explorer.errors import UserError
from explorer.names import shown

IMAGES, LABELS = "images", "labels"
MOST_ARRAY_BYTES = 1_000_000_000  # of images in memory at once: MNIST has 55 MB, CIFAR-10 in float32 740
MOST_LABEL_BYTES = 100_000_000  # a million names of 25 letters
MOST_SIDE = 10_000  # pixels
HEADER_LETTERS = 10_000  # of an array's own description: usual are a hundred
CHANNELS = (1, 3, 4)
SHAPES = "Save images as [N,H,W], [N,H,W,C] or [N,C,H,W], with 1, 3 or 4 channels."
SAVE = "Save it again with numpy.savez."


def from_npz(archive: Archive) -> tuple[np.ndarray, np.ndarray, tuple[str, ...], list[str]] | None:
    """images uint8 [N, H, W, C], their classes y int64 [N] and these classes' names, and what was skipped; None if this is no .npz.

    Raises UserError if its arrays are no images and labels, or too large.
    """
    arrays = {entry.name.removesuffix(".npy"): entry for entry in archive.entries if entry.name.endswith(".npy")}
    if not arrays:
        return None
    if IMAGES not in arrays:
        raise UserError(f"This .npz has no array named {IMAGES}, but {shown(', '.join(arrays))}. {SHAPES}")
    x = _pixels(_array(archive, arrays.pop(IMAGES), IMAGES, MOST_ARRAY_BYTES))
    y, class_names = np.zeros(len(x), np.int64), ("images",)
    if LABELS in arrays:
        y, class_names = _classes(_array(archive, arrays.pop(LABELS), LABELS, MOST_LABEL_BYTES), len(x))
    return x, y, class_names, [f"{shown(name)}: neither {IMAGES} nor {LABELS}" for name in arrays]


def _array(archive: Archive, entry: Entry, name: str, most_bytes: int) -> np.ndarray:
    """Raises UserError unless it is as large as it says, and of plain numbers or text."""
    if entry.size > most_bytes:
        raise UserError(f"The array {name} has {entry.size / 1e6:,.0f} MB, and {most_bytes / 1e6:,.0f} is the most. "
                        "Save fewer images, or save them as uint8.")
    try:
        content = archive.read(entry)
        file = BytesIO(content)
        read_header = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}[np.lib.format.read_magic(file)[0]]
        shape, by_column, kind = read_header(file, max_header_size=HEADER_LETTERS)
    except Exception:  # there is no end to what numpy raises here: it parses a Python literal
        raise UserError(f"The array {name} can't be read: it is damaged, or no array of numpy's. {SAVE}") from None
    if kind.kind not in "biufUS":
        raise UserError(f"The array {name} holds {'Python objects' if kind.hasobject else str(kind)[:40]}, which are not read here. "
                        "Save plain numbers, and labels as numbers or text.")
    count = math.prod(shape)
    if any(n < 0 for n in shape) or len(shape) > 4 or count * kind.itemsize != len(content) - file.tell() or not kind.itemsize:
        raise UserError(f"The array {name} is not as large as it says. {SAVE}")
    return np.frombuffer(content, kind, count, file.tell()).reshape(shape, order="F" if by_column else "C")


def _pixels(x: np.ndarray) -> np.ndarray:
    """-> uint8 [N, H, W, C]"""
    if x.ndim == 3:
        x = x[..., None]
    elif x.ndim == 4 and x.shape[3] not in CHANNELS and x.shape[1] in CHANNELS:
        x = x.transpose(0, 2, 3, 1)
    if x.ndim != 4 or x.shape[3] not in CHANNELS or 0 in x.shape or max(x.shape[1:3]) > MOST_SIDE or x.dtype.kind in "US":
        raise UserError(f"Images of shape {list(x.shape)} and type {x.dtype} are not read here. {SHAPES}")
    if x.dtype.kind == "f":
        if not (x.min() >= 0 and x.max() <= 1):  # which NaN is neither
            raise UserError("Images of decimal numbers must lie between 0 and 1, and be finite. Scale them, or save them as uint8.")
        return np.stack([np.rint(image.astype(np.float32) * 255).astype(np.uint8) for image in x])
    if x.dtype.kind == "b":
        return np.where(x, np.uint8(255), np.uint8(0))
    if x.min() < 0 or x.max() > 255:
        raise UserError("Images of whole numbers must lie between 0 and 255. Scale them, or save them as uint8.")
    return np.ascontiguousarray(x, np.uint8)


def _classes(labels: np.ndarray, n: int) -> tuple[np.ndarray, tuple[str, ...]]:
    if labels.shape != (n,) or labels.dtype.kind == "f":
        raise UserError(f"The labels have shape {list(labels.shape)} and type {labels.dtype}, where {n:,} whole numbers or names are "
                        "wanted. Save one for each image.")
    if labels.dtype.kind == "S":
        labels = np.char.decode(labels, "utf-8", "replace")
    values, y = np.unique(labels, return_inverse=True)
    names = [shown(str(value)) or "(no name)" for value in values]
    place = {name: i for i, name in enumerate(dict.fromkeys(names))}  # those that are shown alike are one
    return np.array([place[name] for name in names], np.int64)[y], tuple(place)
