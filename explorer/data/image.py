"""Read one untrusted image file within limits of size and time, cut it to a square, and resize it."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from explorer.data.dataset import Progress, untold
from explorer.data.formats import Refused, formats_for
from explorer.data.rendering import Rendering, eight_bit, kind_of, on_background, rendering_of

if TYPE_CHECKING:
    from PIL.Image import Image

# as many empty scans of a JPEG take as long as to decode it, each at least as these pixels; usual are ten in
# all
SCANS = 30
SCAN = 10_000
MOST_WORK = 360_000_000  # pixels decoded for one image: about four seconds
# pixels: 80 million can take more than a gigabyte, whoever else decodes
LARGE = 20_000_000
ONE_AT_A_TIME = Lock()
MOST_PAGES = 2000  # of a TIFF: to find them takes time that grows with their square, for so many a second
REDUCED, MASK = 1, 4  # kinds of TIFF pages (tag 254) that are no images of their own
TELL_EVERY = 100  # images
UNREADABLE = "it is not an image that can be read"


def read_image(
    file: Path | BinaryIO, size: tuple[int, int], colour: bool, rendering: Rendering | None = None
) -> np.ndarray | str:
    """uint8 [1 or 3, *size]: the image, or a file's first, upright, cut to its middle and resized; or why it
    can't be read.

    Without a rendering it is scaled by its own values.
    """
    return with_image(file, lambda image: fitted(image, size, colour, rendering))


def with_image(file: Path | BinaryIO, use: Callable[["Image"], object]):
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
                with ONE_AT_A_TIME if image.width * image.height > LARGE else nullcontext():
                    return use(image)
    except Image.DecompressionBombError:
        return "it has too many pixels"
    except Refused as refused:
        return str(refused)
    except (
        Exception
    ) as error:  # there is no end to what Pillow raises on damaged files: struct.error, TypeError, …
        return (
            isinstance(error, OSError)
            and not isinstance(error, Image.UnidentifiedImageError)
            and str(error)
            or UNREADABLE
        )


def _check(image: "Image") -> None:
    """Raises Refused for an image that is too large, before it is decoded."""
    from PIL import Image

    if image.width * image.height > Image.MAX_IMAGE_PIXELS:  # from twice as many on, Pillow itself refuses
        raise Refused(f"it has {image.width} × {image.height} pixels, which are too many")
    if work(image) > MOST_WORK:
        raise Refused("it takes too long to decode")


def work(image: "Image") -> int:
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
    return pixels + n_scans * (pixels // SCANS + SCAN)


def pages(image: "Image") -> Iterator[int]:
    """The pages of a TIFF, each in turn made the present one; of other images, the first. Raises Refused for
    one that is too large.
    """
    yield 0
    if image.format != "TIFF":
        return
    for page in range(1, MOST_PAGES):
        try:
            image.seek(page)
        except EOFError:
            return
        if not image.tag_v2.get(254, 0) & (REDUCED | MASK):
            _check(image)
            yield page
    raise Refused(f"it has more than {MOST_PAGES:,} pages")


def is_animated(image: "Image") -> bool:
    """Whether it holds further images of an animation, of which only the first is read."""
    try:
        return image.format in ("GIF", "PNG", "WEBP", "AVIF") and bool(getattr(image, "is_animated", False))
    except Exception:  # damaged beyond its first image
        return False


def each_page(
    image: "Image", wanted: Sequence[int], size: tuple[int, int], colour: bool, rendering: Rendering
) -> list[np.ndarray]:
    """The wanted pages of a file, fitted."""
    from PIL import ImageOps

    found = []
    for page in wanted:
        if page:
            image.seek(page)
            _check(image)
        kind = kind_of(image)
        found.append(
            fitted(
                image if len(wanted) == 1 else ImageOps.exif_transpose(image), size, colour, rendering, kind
            )
        )
    return found


def fitted(
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
    kind = kind_of(image) if kind is None else kind
    rendering = rendering or rendering_of(image)
    ImageOps.exif_transpose(image, in_place=True)
    image = eight_bit(image, kind, rendering.scales)
    image = image.convert("RGBA" if image.has_transparency_data else mode)
    image = ImageOps.fit(image, (width, height), Image.Resampling.BOX)  # which weighs a colour by its alpha
    if image.mode == "RGBA":
        image = on_background(image, rendering.background).convert(mode)
    pixels = np.asarray(image)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)) if colour else pixels[None]


def read_each(
    read: Callable, sources: Sequence, on_progress: Progress = untold, threads: int | None = None
) -> list:
    """What read makes of each source, some at a time."""
    with warnings.catch_warnings(), ThreadPoolExecutor(threads) as pool:
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata, and of transparency that it drops
        found = []
        for one in pool.map(read, sources):
            found.append(one)
            if len(found) % TELL_EVERY == 0 or len(found) == len(sources):
                on_progress(len(found), len(sources))
    return found
