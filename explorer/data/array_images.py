"""Convert arrays of numbers into images and classes. The usual shapes of images and the usual forms of labels
are accepted.
"""

import math

import numpy as np

from explorer.data.pixels import (
    BITS_16,
    COLOUR,
    DECIMAL,
    GREY,
    INTEGER,
    PixelScale,
    RangeCollector,
    scale_to_8_bits,
)
from explorer.errors import UserError
from explorer.names import sanitize

MAX_SIDE_PIXELS = 10_000  # pixels
CHANNEL_COUNTS = (1, 3, 4)
SHAPES_HELP = (
    "Save images as [N,H,W], [N,H,W,C], [N,C,H,W] or flat as [N,H·H], with 1, 3 or 4 channels, and vectors as"
    " [N,D] or [N,1,D]."
)
NO_LABEL_NAME = "(no label)"


def to_nhwc(x: np.ndarray) -> np.ndarray:
    """Convert an array of images in any usual shape to [N, H, W, C], and vectors [N, D] that are no square
    images to [N, 1, D, 1]. Raises UserError for other shapes.
    """
    original = x
    if x.ndim == 2:
        x = _unflatten(x)
    elif x.ndim == 3:
        x = x[..., None]
    elif x.ndim == 4 and x.shape[3] not in CHANNEL_COUNTS and x.shape[1] in CHANNEL_COUNTS:
        x = x.transpose(0, 2, 3, 1)
    if (
        x.ndim != 4
        or x.shape[3] not in CHANNEL_COUNTS
        or 0 in x.shape
        or max(x.shape[1:3]) > MAX_SIDE_PIXELS
        or x.dtype.kind in "US"
    ):
        raise UserError(
            f"Images of shape {list(original.shape)} and type {original.dtype} are not supported."
            f" {SHAPES_HELP}"
        )
    return x


def _unflatten(x: np.ndarray) -> np.ndarray:
    """Convert [N, H·H] to [N, H, H, 1], and [N, 3·H·H] to [N, H, H, 3] in the order in which neighbouring
    pixels differ less; other vectors [N, D] to [N, 1, D, 1].
    """
    n, length = x.shape
    side = math.isqrt(length)
    if length > 1 and side * side == length:
        return x.reshape(n, side, side, 1)
    side = math.isqrt(length // 3)
    if length < 12 or 3 * side * side != length or x.dtype.kind in "US":
        return x[:, None, :, None] if length > 1 else x
    orders = x.reshape(n, 3, side, side).transpose(0, 2, 3, 1), x.reshape(n, side, side, 3)
    return min(orders, key=lambda order: np.abs(np.diff(order[:200].astype(np.float64), axis=2)).mean())


def to_uint8(arrays: list[np.ndarray]) -> tuple[list[np.ndarray], dict[str, PixelScale]]:
    """Convert images [N, H, W, C] of any numeric type to uint8 of the same shape, all with one scale. Raises
    UserError for numbers that are not finite.
    """
    ranges = RangeCollector()
    kind = _pixel_kind(arrays)
    if kind:
        for x in arrays:
            pixels = x[..., :3] if x.shape[3] == 4 and x.dtype == np.uint8 else x
            try:
                ranges.add(kind, float(pixels.min()), float(pixels.max()))
            except ValueError:
                raise UserError(
                    "Some pixels are not finite numbers. Replace them, and save the array again."
                ) from None
    scales = ranges.scales()
    scale = scales.get(kind, PixelScale(0, 255))
    return [_scale(x, scale) for x in arrays], scales


def _pixel_kind(arrays: list[np.ndarray]) -> str:
    kinds = {x.dtype.kind for x in arrays}
    if kinds == {"b"}:
        return ""
    if "f" in kinds:
        return DECIMAL
    if all(x.dtype == np.uint8 for x in arrays):
        return GREY if arrays[0].shape[3] == 1 else COLOUR
    return BITS_16 if all(x.dtype.itemsize == 2 for x in arrays) else INTEGER


def _scale(x: np.ndarray, scale: PixelScale) -> np.ndarray:
    """Scale the images one by one, which takes little memory. An 8-bit alpha channel is unchanged."""
    if x.dtype == np.uint8 and (scale.low, scale.high) == (0, 255):
        return np.ascontiguousarray(x)
    scaled = np.stack([scale_to_8_bits(image, scale) for image in x])
    if x.shape[3] == 4 and x.dtype == np.uint8:
        scaled[..., 3] = x[..., 3]
    return scaled


def parse_labels(labels: np.ndarray, n: int) -> np.ndarray:
    """Convert the labels of n images, numbers or names of shape [N], [N, 1], or one-hot [N, K], to integers
    or text [N]. Raises UserError for other labels.
    """
    original = labels
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    elif (
        labels.ndim == 2
        and labels.dtype.kind in "biuf"
        and np.isin(labels, (0, 1)).all()
        and (labels.sum(1) == 1).all()
    ):
        labels = labels.argmax(1)
    if (
        labels.dtype.kind == "f"
        and np.isfinite(labels).all()
        and (labels == np.rint(labels)).all()
        and abs(labels).max(initial=0) < 2**53
    ):
        labels = labels.astype(np.int64)
    if labels.shape != (n,) or labels.dtype.kind == "f":
        raise UserError(
            f"The labels have shape {list(original.shape)} and type {original.dtype}, but {n:,} whole"
            " numbers or names are needed. Save one for each image."
        )
    return np.char.decode(labels, "utf-8", "replace") if labels.dtype.kind == "S" else labels


def encode_classes(parts: list[np.ndarray | None], counts: list[int]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the classes y int64 [n] and their names, in order. parts: the labels of each part, None for a
    part without labels; counts: the number of images of each part.
    """
    labelled_parts = [part for part in parts if part is not None]
    if not labelled_parts:
        return np.zeros(sum(counts), np.int64), ("images",)
    values, y = np.unique(np.concatenate(labelled_parts), return_inverse=True)
    names = [sanitize(str(value)) or "(no name)" for value in values]
    place = {name: i for i, name in enumerate(dict.fromkeys(names))}  # names with the same text are one class
    indices = iter(
        np.split(
            np.array([place[name] for name in names], np.int64)[y],
            np.cumsum([len(part) for part in labelled_parts])[:-1],
        )
    )
    if len(labelled_parts) < len(parts):
        place.setdefault(NO_LABEL_NAME, len(place))
    return np.concatenate(
        [
            np.full(n, place[NO_LABEL_NAME]) if part is None else next(indices)
            for part, n in zip(parts, counts)
        ]
    ), tuple(place)
