"""Codes, images and labels that are given to explorer.open, checked and converted."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.data.array_images import parse_labels, to_nhwc, to_uint8
from explorer.data.pixels import scale_notes
from explorer.errors import UserError
from explorer.store.run import MAX_IMAGE_SIDE

MAX_DIMENSIONS = 512  # of codes, as of a RunSpec
ImageShape = tuple[int, int, int]  # C, H, W


@dataclass(frozen=True)
class Images:
    """Images, uint8 [n, C, H, W]. layout: the axes of what was given, as in "nchw", "nhwc", "nhw" or "nf"
    (flat); notes: sentences about how they were converted.
    """

    x: np.ndarray
    layout: str
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> ImageShape:
        return self.x.shape[1:]


def to_array(value: Any, what: str) -> np.ndarray:
    """Return an array of an array, a tensor, or lists. Raises UserError if there are no numbers in it."""
    if hasattr(value, "detach"):  # a tensor of torch
        value = value.detach().cpu()
        value = (value.float() if value.is_floating_point() else value).numpy()
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        array = np.empty(0, object)
    if array.dtype.kind not in "biufUS" or not array.ndim:
        raise UserError(f"{what} must be an array or a tensor, not {type(value).__name__}.")
    return array


def read_codes(codes: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Return mu and logvar [n, D], float32, of codes [n, D] or a pair of these; without a pair logvar is
    None. Raises UserError for anything else.
    """
    if isinstance(codes, tuple | list) and len(codes) == 2 and np.ndim(codes[0]) == 2:
        mu, logvar = (_read_numbers(part, "codes") for part in codes)
        if mu.shape != logvar.shape:
            raise UserError(
                f"codes are a pair of mu {list(mu.shape)} and log σ² {list(logvar.shape)}, which must have"
                " the same shape."
            )
        return mu, logvar
    return _read_numbers(codes, "codes"), None


def _read_numbers(values: Any, what: str) -> np.ndarray:
    array = to_array(values, what)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or array.dtype.kind not in "iuf" or not 1 <= array.shape[1] <= MAX_DIMENSIONS:
        raise UserError(
            f"{what} must be numbers of the shape [n, D] with D up to {MAX_DIMENSIONS}, but they have the"
            f" shape {list(array.shape)} and the type {array.dtype}."
        )
    check_finite(array, what)
    return array.astype(np.float32)


def check_finite(array: np.ndarray, what: str) -> None:
    """Raise UserError unless all numbers are finite."""
    if not (is_finite := np.isfinite(array.reshape(len(array), -1)).all(1)).all():
        raise UserError(
            f"{what}: {(~is_finite).sum():,} of {len(array):,} rows contain numbers that are not finite."
            " Leave these rows out."
        )


def read_images(images: Any) -> Images:
    """Return the images. Raises UserError for other shapes, and for negative numbers."""
    array = to_array(images, "images")
    x = to_nhwc(array)
    if x.shape[3] not in (1, 3):
        raise UserError(f"images have {x.shape[3]} channels, but must have 1 or 3: leave the others out.")
    if max(x.shape[1:3]) > MAX_IMAGE_SIDE:
        raise UserError(f"images have more than {MAX_IMAGE_SIDE:,} pixels along a side: give smaller ones.")
    if array.ndim == 2 and x.shape[3] == 3:
        raise UserError(
            "images in colour must have the shape [n, 3, H, W] or [n, H, W, 3], but these are flat."
        )
    check_finite(array, "images")
    if array.dtype.kind in "if" and array.min() < 0:
        raise UserError(
            f"images contain numbers from {array.min():.3g} to {array.max():.3g}, but pixels lie in [0, 1]:"
            " scale them to it, and let encode and decode convert them, as in encode=lambda x: g(2 * x - 1)."
        )
    [pixels], scales = to_uint8([x])
    is_usual = array.dtype == np.uint8 or array.dtype.kind == "f" and array.max() <= 1
    notes = [] if is_usual else scale_notes(scales)
    if array.dtype == np.uint8:
        notes.append("The images are given as 0 to 255: they are used as float32 in [0, 1].")
    layout = {2: "nf", 3: "nhw"}.get(array.ndim) or ("nhwc" if x.shape == array.shape else "nchw")
    if layout == "nf":
        notes.append(f"The images are given flat: they are read as {x.shape[2]}×{x.shape[1]} pixels.")
    return Images(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)), layout, tuple(notes))


def read_labels(labels: Any, n: int) -> np.ndarray | None:
    """Return whole numbers or names [n], None without labels. Raises UserError for any other number."""
    return None if labels is None else parse_labels(to_array(labels, "labels"), n)


def to_layout(x: np.ndarray, layout: str) -> np.ndarray:
    """Return images [n, C, H, W] with the axes of a layout."""
    if layout == "nf":
        return x.reshape(len(x), -1)
    return {"nchw": x, "nhwc": x.transpose(0, 2, 3, 1), "nhw": x[:, 0]}[layout]


def read_decoded(decoded: np.ndarray, shape: ImageShape | None) -> np.ndarray:
    """Return images [n, C, H, W] of what decode returned. shape: of the images, if these are known. Raises
    UserError if it has another one.
    """
    n = len(decoded)
    if shape is None:
        try:
            x = to_nhwc(decoded).transpose(0, 3, 1, 2)
        except UserError:
            x = np.empty((0, 0, 0, 0))
    elif decoded.shape[1:] == (*shape[1:], shape[0]):
        x = decoded.transpose(0, 3, 1, 2)
    elif decoded[0].size == math.prod(shape) and (decoded.ndim == 2 or shape[0] == 1):
        x = decoded.reshape(n, *shape)
    else:
        x = decoded
    if x.shape[1] not in (1, 3) or max(x.shape[2:]) > MAX_IMAGE_SIDE or shape not in (None, x.shape[1:]):
        wanted = f"[{n}, {', '.join(map(str, shape))}], as images have," if shape else f"[{n}, C, H, W]"
        raise UserError(
            f"decode returned the shape {list(decoded.shape)} for {n} codes, but {wanted} is needed, with 1"
            " or 3 channels."
        )
    return x
