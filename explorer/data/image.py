"""One image file, whoever made it: read as far as can be meant, cut to a square, and resized."""

import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from explorer.data.dataset import Progress, untold

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "AVIF")  # whatever the suffix says; Pillow knows others, which start programs
SCANS, SCAN = 30, 10_000  # as many empty scans of a JPEG take as long as to decode it, each at least as these pixels; usual are ten in all
MOST_WORK = 360_000_000  # pixels decoded for one image: about four seconds
LARGE, ONE_AT_A_TIME = 20_000_000, Lock()  # pixels: 80 million can take more than a gigabyte, whoever else decodes
TELL_EVERY = 100  # images
UNREADABLE = "not an image that can be read"


def read_image(file: Path | BinaryIO, size: tuple[int, int], colour: bool) -> np.ndarray | str:
    """uint8 [1 or 3, *size]: the image, or an animation's first, upright, cut to its middle and resized; or why it can't be read."""
    return with_image(file, lambda image: fitted(image, size, colour))


def with_image(file: Path | BinaryIO, use: Callable[["Image"], object]):
    """What use makes of the image in a file, of which only the header is read so far; or why it can't be read."""
    from PIL import Image

    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > Image.MAX_IMAGE_PIXELS:  # from twice as many on, Pillow itself refuses
                return f"{image.width} × {image.height} pixels are too many to be meant"
            if work(image) > MOST_WORK:
                return "drawn over and over, more often than can be meant"
            with ONE_AT_A_TIME if image.width * image.height > LARGE else nullcontext():
                return use(image)
    except Image.DecompressionBombError:
        return "so many pixels can't be meant"
    except Exception as error:  # there is no end to what Pillow raises on damaged files: struct.error, TypeError, …
        return isinstance(error, OSError) and not isinstance(error, Image.UnidentifiedImageError) and str(error) or UNREADABLE


def work(image: "Image") -> int:
    """What decoding costs, in pixels: in some kilobytes, a JPEG may ask to go over all of its own thousands of times."""
    pixels = image.width * image.height
    if image.format not in ("JPEG", "MPO"):
        return pixels
    place = image.fp.tell()
    image.fp.seek(0)
    n_scans = image.fp.read().count(b"\xff\xda")
    image.fp.seek(place)
    return pixels + n_scans * (pixels // SCANS + SCAN)


def fitted(image: "Image", size: tuple[int, int], colour: bool) -> np.ndarray:
    """Pillow's image -> uint8 [1 or 3, *size], upright, cut to its middle and resized, on white where it is transparent."""
    from PIL import Image, ImageOps

    height, width = size
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
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)) if colour else pixels[None]


def read_each(read: Callable, sources: Sequence, on_progress: Progress = untold, threads: int | None = None) -> list:
    """What read makes of each source, some at a time."""
    with warnings.catch_warnings(), ThreadPoolExecutor(threads) as pool:
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata, and of transparency that it drops
        found = []
        for one in pool.map(read, sources):
            found.append(one)
            if len(found) % TELL_EVERY == 0 or len(found) == len(sources):
                on_progress(len(found), len(sources))
    return found
