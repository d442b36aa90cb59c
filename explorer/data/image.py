"""Read one untrusted image file within limits of size and time, cut it to a square, and resize it."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from explorer.data.dataset import Progress, no_progress
from explorer.data.formats import UnreadableImage, formats_for
from explorer.data.rendering import Rendering, choose_rendering, on_background, pixel_kind, to_8_bits

if TYPE_CHECKING:
    from PIL.Image import Image

# This number of empty scans of a JPEG takes as long as decoding it; usually there are ten scans in all. Each
# scan takes at least as long as decoding MIN_PIXELS_PER_SCAN pixels.
JPEG_SCANS_PER_DECODE = 30
MIN_PIXELS_PER_SCAN = 10_000
MAX_DECODED_PIXELS = 360_000_000  # pixels decoded for one image: about four seconds
# Larger images are decoded one at a time: 80 million pixels can take more than a gigabyte.
MAX_PARALLEL_PIXELS = 20_000_000
LARGE_IMAGE_LOCK = Lock()
MAX_TIFF_PAGES = 2000  # finding them takes a second; the time grows with the square
TIFF_REDUCED, TIFF_MASK = 1, 4  # kinds of TIFF pages (tag 254) that are not images of their own
PROGRESS_INTERVAL_IMAGES = 100  # images
UNREADABLE_MESSAGE = "it is not an image that can be read"


def read_image(
    file: Path | BinaryIO, size: tuple[int, int], colour: bool, rendering: Rendering | None = None
) -> np.ndarray | str:
    """Return an image file, or its first image, as uint8 [1 or 3, *size], upright, cropped to its centre and
    resized, or the reason why it cannot be read.

    Without a rendering it is scaled by its own values.
    """
    return open_image(file, lambda image: fit_image(image, size, colour, rendering))


def open_image(file: Path | BinaryIO, function: Callable[["Image"], object]):
    """Return what the function returns for the image in a file, of which only the header has been read, or
    the reason why it cannot be read.
    """
    from PIL import Image

    try:
        with open(file, "rb") if isinstance(file, Path) else nullcontext(file) as stream:
            formats = formats_for(stream.read(12))
            stream.seek(0)
            with Image.open(stream, formats=formats) as image:
                _check(image)
                with LARGE_IMAGE_LOCK if image.width * image.height > MAX_PARALLEL_PIXELS else nullcontext():
                    return function(image)
    except Image.DecompressionBombError:
        return "it has too many pixels"
    except UnreadableImage as refused:
        return str(refused)
    except Exception as error:  # Pillow raises many types on damaged files: struct.error, TypeError, …
        return (
            isinstance(error, OSError)
            and not isinstance(error, Image.UnidentifiedImageError)
            and str(error)
            or UNREADABLE_MESSAGE
        )


def _check(image: "Image") -> None:
    """Raise UnreadableImage for an image that is too large, before it is decoded."""
    from PIL import Image

    if image.width * image.height > Image.MAX_IMAGE_PIXELS:  # above twice this number, Pillow itself refuses
        raise UnreadableImage(f"it has {image.width} × {image.height} pixels, which are too many")
    if decoding_cost(image) > MAX_DECODED_PIXELS:
        raise UnreadableImage("it takes too long to decode")


def decoding_cost(image: "Image") -> int:
    """Return the cost of decoding, in pixels. A JPEG of a few kilobytes may ask for thousands of passes over
    all its pixels.
    """
    pixels = image.width * image.height
    if image.format not in ("JPEG", "MPO"):
        return pixels
    place = image.fp.tell()
    image.fp.seek(0)
    n_scans = image.fp.read().count(b"\xff\xda")
    image.fp.seek(place)
    return pixels + n_scans * (pixels // JPEG_SCANS_PER_DECODE + MIN_PIXELS_PER_SCAN)


def iterate_pages(image: "Image") -> Iterator[int]:
    """Yield the pages of a TIFF, each as the current one, or the first image of another file. Raises
    UnreadableImage for a page that is too large.
    """
    yield 0
    if image.format != "TIFF":
        return
    for page in range(1, MAX_TIFF_PAGES):
        try:
            image.seek(page)
        except EOFError:
            return
        if not image.tag_v2.get(254, 0) & (TIFF_REDUCED | TIFF_MASK):
            _check(image)
            yield page
    raise UnreadableImage(f"it has more than {MAX_TIFF_PAGES:,} pages")


def is_animated(image: "Image") -> bool:
    """Return whether the file holds further images of an animation, of which only the first is read."""
    try:
        return image.format in ("GIF", "PNG", "WEBP", "AVIF") and bool(getattr(image, "is_animated", False))
    except Exception:  # damaged beyond its first image
        return False


def read_pages(
    image: "Image", page_numbers: Sequence[int], size: tuple[int, int], colour: bool, rendering: Rendering
) -> list[np.ndarray]:
    """Read the requested pages of a file and fit them."""
    from PIL import ImageOps

    results = []
    for page in page_numbers:
        if page:
            image.seek(page)
            _check(image)
        kind = pixel_kind(image)
        results.append(
            fit_image(
                image if len(page_numbers) == 1 else ImageOps.exif_transpose(image),
                size,
                colour,
                rendering,
                kind,
            )
        )
    return results


def fit_image(
    image: "Image",
    size: tuple[int, int],
    colour: bool,
    rendering: Rendering | None = None,
    kind: str | None = None,
) -> np.ndarray:
    """Convert Pillow's image to uint8 [1 or 3, *size], upright, cropped to its centre and resized.
    Transparent parts are put on the background.
    """
    from PIL import Image, ImageOps

    height, width = size
    mode = "RGB" if colour else "L"
    image.draft(mode, (max(size) * 2, max(size) * 2))  # decodes a JPEG at a fraction of its size
    kind = pixel_kind(image) if kind is None else kind
    rendering = rendering or choose_rendering(image)
    ImageOps.exif_transpose(image, in_place=True)
    image = to_8_bits(image, kind, rendering.scales)
    image = image.convert("RGBA" if image.has_transparency_data else mode)
    image = ImageOps.fit(image, (width, height), Image.Resampling.BOX)  # weights colours by their alpha
    if image.mode == "RGBA":
        image = on_background(image, rendering.background).convert(mode)
    pixels = np.asarray(image)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)) if colour else pixels[None]


def read_all(
    read: Callable, sources: Sequence, on_progress: Progress = no_progress, threads: int | None = None
) -> list:
    """Return what `read` returns for each source, using several threads."""
    with warnings.catch_warnings(), ThreadPoolExecutor(threads) as pool:
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata, and of transparency that it drops
        results = []
        for result in pool.map(read, sources):
            results.append(result)
            if len(results) % PROGRESS_INTERVAL_IMAGES == 0 or len(results) == len(sources):
                on_progress(len(results), len(sources))
    return results
