"""Read untrusted image files: first their headers, then the pixels that are needed to choose one scale and
background for all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from explorer.data.dataset import Progress, no_progress
from explorer.data.formats import UnreadableImage
from explorer.data.image import decoding_cost, is_animated, iterate_pages, open_image, read_all, read_pages
from explorer.data.pixels import (
    BACKGROUND_NOTES,
    COLOUR_16,
    MAX_DARK_VALUE,
    USUAL_WHITE_HIGH_BYTES,
    PixelScale,
    RangeCollector,
    choose_background,
    scale_notes,
)
from explorer.data.rendering import LOSSY_FORMATS, Rendering, is_deep, pixel_kind, pixel_range, visible_range
from explorer.errors import UserError
from explorer.untrusted.archive import Entry

# If one image of a kind has a larger value, the other images need not be scanned.
MAX_SCANNED_VALUE = MAX_DARK_VALUE | {COLOUR_16: USUAL_WHITE_HIGH_BYTES[-2]}
# Images decoded between two checks of their brightness, and transparent images decoded.
SCAN_BATCH_SIZE = 64
MAX_TRANSPARENT_SCANNED = 200


@dataclass(frozen=True)
class ImageInfo:
    """An image in a file. page: its index in the file; size: (width, height); mode: Pillow's; decoding_cost:
    in pixels.
    """

    entry: Entry
    page: int
    size: tuple[int, int]
    mode: str
    decoding_cost: int
    kind: str
    is_exact: bool  # not of a lossy format
    is_transparent: bool
    is_animated: bool
    n_pages: int = 1

    @property
    def name(self) -> str:
        return f"{self.entry.name}, page {self.page + 1}" if self.n_pages > 1 else self.entry.name


class ImageFiles:
    """Entries, and what gives the content of one, as bytes or as a path, or raises ValueError with a short
    reason.

    max_images: how many images there may be, None for any number.
    """

    def __init__(
        self, read: Callable[[Entry], bytes | Path], threads: int | None, max_images: int | None = None
    ):
        self._read, self._threads, self._max_images, self._n_images = read, threads, max_images, 0
        self.images: list[ImageInfo] = []
        self.faults: list[tuple[str, str]] = []  # a file's name, and why it is skipped
        self.rendering, self.notes = Rendering(), []

    def scan(self, entries: Sequence[Entry], on_progress: Progress = no_progress) -> None:
        """Find the images in the files, without choosing how they are rendered. Raises UserError for too
        many.
        """
        for entry, result in zip(entries, read_all(self._scan_file, entries, on_progress, self._threads)):
            if isinstance(result, str):
                self.faults.append((entry.name, result))
            else:
                self.images += result

    def choose_rendering(self) -> None:
        """Choose how the images are rendered, by their pixels. Files whose pixels cannot be scaled are
        dropped.
        """
        ranges, dropped = RangeCollector(), set()
        deep = [group for group in self.groups() if any(is_deep(self.images[i].kind) for i in group)]
        for group, result in zip(deep, read_all(self._deep_ranges, deep, threads=self._threads)):
            if isinstance(result, str):
                self.faults.append((self.images[group[0]].entry.name, result))
                dropped |= {*group}
                continue
            for kind, low, high in result:
                ranges.add(kind, low, high)
        self.images = [image for i, image in enumerate(self.images) if i not in dropped]
        for kind, bright in MAX_SCANNED_VALUE.items():
            exact = [image for image in self.images if image.kind == kind and image.is_exact]
            for first in range(0, len(exact), SCAN_BATCH_SIZE):
                limits = read_all(self._range, exact[first : first + SCAN_BATCH_SIZE], threads=self._threads)
                for low, high in limits:
                    ranges.add(kind, low, high)
                if max(high for _, high in limits) > bright:
                    break
        scales = ranges.scales()
        self.rendering = Rendering(scales, self._background(scales))
        self.notes += scale_notes(scales)
        if self.rendering.background in BACKGROUND_NOTES:
            self.notes.append(BACKGROUND_NOTES[self.rendering.background])
        if n := sum(image.is_animated for image in self.images):
            self.notes.append(
                f"{n:,} file{'s are animations' if n > 1 else ' is an animation'}: the first image is used."
            )
        if stacks := {image.entry.name: image.n_pages for image in self.images if image.page}:
            self.notes.append(
                f"{len(stacks):,} TIFF file{'s have' if len(stacks) > 1 else ' has'} {sum(stacks.values()):,}"
                " pages: every page is an image."
            )

    def groups(self) -> list[range]:
        """Return the indices of the images of each file."""
        starts = [
            i for i, image in enumerate(self.images) if i == 0 or image.entry is not self.images[i - 1].entry
        ]
        return [range(start, end) for start, end in zip(starts, [*starts[1:], len(self.images)])]

    def decode(self, numbers: Sequence[int], size: tuple[int, int], colour: bool) -> list[np.ndarray | str]:
        """Return images of one file, each uint8 [1 or 3, *size] or the reason why it cannot be read."""
        pages = [self.images[i].page for i in numbers]
        result = self._open(
            self.images[numbers[0]].entry,
            lambda image: read_pages(image, pages, size, colour, self.rendering),
        )
        return [result] * len(numbers) if isinstance(result, str) else result

    def _open(self, entry: Entry, use: Callable):
        try:
            content = self._read(entry)
            return open_image(BytesIO(content) if isinstance(content, bytes) else content, use)
        except ValueError as error:
            return str(error)

    def _scan_file(self, entry: Entry) -> list[ImageInfo] | str:
        def use(image):
            infos = [_page_info(entry, page, image) for page in iterate_pages(image)]
            return [ImageInfo(**vars(info) | {"n_pages": len(infos)}) for info in infos]

        result = self._open(entry, use)
        self._n_images += len(result) if isinstance(result, list) else 0
        if self._max_images and self._n_images > self._max_images:
            raise UserError(
                f"There are more images than the limit of {self._max_images:,}. Use fewer images."
            )
        return result

    def _deep_ranges(self, group: Sequence[int]) -> list[tuple[str, float, float]] | str:
        """Return the kind, the lowest and the highest value of each image of a file that has more than 8 bits
        per channel, or the reason why they cannot be read.
        """

        def use(page):
            ranges = []
            for image in (self.images[i] for i in group if is_deep(self.images[i].kind)):
                if image.page:
                    page.seek(image.page)
                ranges.append((image.kind, *pixel_range(page, image.kind)))
            if not np.isfinite([values for _, *values in ranges]).all():
                raise UnreadableImage("some of its pixels are not finite numbers")
            return ranges

        return self._open(self.images[group[0]].entry, use)

    def _range(self, image: ImageInfo) -> tuple[float, float]:
        """Return the lowest and the highest value, or black for an image that cannot be decoded, which is
        reported later.
        """
        limits = self._with_page(image, lambda opened: pixel_range(opened, image.kind))
        return (0, 0) if isinstance(limits, str) else limits

    def _with_page(self, image: ImageInfo, use: Callable):
        def at_page(opened):
            if image.page:
                opened.seek(image.page)
            return use(opened)

        return self._open(image.entry, at_page)

    def _background(self, scales: dict[str, PixelScale]) -> int:
        transparent = [image for image in self.images if image.is_transparent]
        sampled = transparent[:: -(-len(transparent) // MAX_TRANSPARENT_SCANNED) or 1]
        ranges = read_all(
            lambda image: self._with_page(image, lambda opened: visible_range(opened, image.kind, scales)),
            sampled,
            threads=self._threads,
        )
        return choose_background(limits for limits in ranges if not isinstance(limits, str))


def _page_info(entry: Entry, page: int, image) -> ImageInfo:
    kind = pixel_kind(image)
    return ImageInfo(
        entry,
        page,
        image.size,
        image.mode,
        decoding_cost(image),
        kind,
        bool(kind) and image.format not in LOSSY_FORMATS,
        image.has_transparency_data,
        is_animated(image),
    )
