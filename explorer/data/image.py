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

# as many empty scans of a JPEG take as long as to decode it, each at least as these pixels; usual are ten in
# all
JPEG_SCANS_PER_DECODE = 30
MIN_PIXELS_PER_SCAN = 10_000
MAX_DECODED_PIXELS = 360_000_000  # pixels decoded for one image: about four seconds
# pixels: 80 million can take more than a gigabyte, whoever else decodes
MAX_PARALLEL_PIXELS = 20_000_000
LARGE_IMAGE_LOCK = Lock()
MAX_TIFF_PAGES = 2000  # of a TIFF: to find them takes time that grows with their square, for so many a second
TIFF_REDUCED, TIFF_MASK = 1, 4  # kinds of TIFF pages (tag 254) that are no images of their own
PROGRESS_INTERVAL_IMAGES = 100  # images
UNREADABLE_MESSAGE = "it is not an image that can be read"


def read_image(
    file: Path | BinaryIO, size: tuple[int, int], colour: bool, rendering: Rendering | None = None
) -> np.ndarray | str:
    """uint8 [1 or 3, *size]: the image, or a file's first, upright, cut to its middle and resized; or why it
    can't be read.

    Without a rendering it is scaled by its own values.
    """
    return open_image(file, lambda image: fit_image(image, size, colour, rendering))


def open_image(file: Path | BinaryIO, function: Callable[["Image"], object]):
    """What use makes of the image in a file, of which only the header is read so far; or why it can't be
    read.
    """
    from PIL import Image

    try:
        with open(file, "rb") if isinstance(file, Path) else nullcontext(file) as opened:
            formats = formats_for(opened.read(12))
            opened.seek(0)
            with Image.open(opened, formats=formats) as image:
                _check(image)
                with LARGE_IMAGE_LOCK if image.width * image.height > MAX_PARALLEL_PIXELS else nullcontext():
                    return function(image)
    except Image.DecompressionBombError:
        return "it has too many pixels"
    except UnreadableImage as refused:
        return str(refused)
    except (
        Exception
    ) as error:  # there is no end to what Pillow raises on damaged files: struct.error, TypeError, …
        return (
            isinstance(error, OSError)
            and not isinstance(error, Image.UnidentifiedImageError)
            and str(error)
            or UNREADABLE_MESSAGE
        )


def _check(image: "Image") -> None:
    """Raises Refused for an image that is too large, before it is decoded."""
    from PIL import Image

    if image.width * image.height > Image.MAX_IMAGE_PIXELS:  # from twice as many on, Pillow itself refuses
        raise UnreadableImage(f"it has {image.width} × {image.height} pixels, which are too many")
    if decoding_cost(image) > MAX_DECODED_PIXELS:
        raise UnreadableImage("it takes too long to decode")


def decoding_cost(image: "Image") -> int:
    """What decoding costs, in pixels: in some kilobytes, a JPEG may ask to go over all of its own thousands
    of times.
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
    """The pages of a TIFF, each in turn made the present one; of other images, the first. Raises Refused for
    one that is too large.
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
    """Whether it holds further images of an animation, of which only the first is read."""
    try:
        return image.format in ("GIF", "PNG", "WEBP", "AVIF") and bool(getattr(image, "is_animated", False))
    except Exception:  # damaged beyond its first image
        return False


def read_pages(
    image: "Image", page_numbers: Sequence[int], size: tuple[int, int], colour: bool, rendering: Rendering
) -> list[np.ndarray]:
    """The wanted pages of a file, fitted."""
    from PIL import ImageOps

    found = []
    for page in page_numbers:
        if page:
            image.seek(page)
            _check(image)
        kind = pixel_kind(image)
        found.append(
            fit_image(
                image if len(page_numbers) == 1 else ImageOps.exif_transpose(image),
                size,
                colour,
                rendering,
                kind,
            )
        )
    return found


def fit_image(
    image: "Image",
    size: tuple[int, int],
    colour: bool,
    rendering: Rendering | None = None,
    kind: str | None = None,
) -> np.ndarray:
    """Pillow's image -> uint8 [1 or 3, *size], upright, cut to its middle and resized, on the background
    where it is transparent.
    """
    from PIL import Image, ImageOps

    height, width = size
    mode = "RGB" if colour else "L"
    image.draft(mode, (max(size) * 2, max(size) * 2))  # lets JPEG decode at a fraction of its size
    kind = pixel_kind(image) if kind is None else kind
    rendering = rendering or choose_rendering(image)
    ImageOps.exif_transpose(image, in_place=True)
    image = to_8_bits(image, kind, rendering.scales)
    image = image.convert("RGBA" if image.has_transparency_data else mode)
    image = ImageOps.fit(image, (width, height), Image.Resampling.BOX)  # which weighs a colour by its alpha
    if image.mode == "RGBA":
        image = on_background(image, rendering.background).convert(mode)
    pixels = np.asarray(image)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)) if colour else pixels[None]


def read_all(
    read: Callable, sources: Sequence, on_progress: Progress = no_progress, threads: int | None = None
) -> list:
    """What read makes of each source, some at a time."""
    with warnings.catch_warnings(), ThreadPoolExecutor(threads) as pool:
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata, and of transparency that it drops
        found = []
        for one in pool.map(read, sources):
            found.append(one)
            if len(found) % PROGRESS_INTERVAL_IMAGES == 0 or len(found) == len(sources):
                on_progress(len(found), len(sources))
    return found
