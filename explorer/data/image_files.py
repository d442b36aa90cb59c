"""Read untrusted image files: first their headers, then the pixels that are needed to choose one scale and
background for all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from explorer.data.dataset import Progress, untold
from explorer.data.formats import Refused
from explorer.data.image import each_page, is_animated, pages, read_each, with_image, work
from explorer.data.pixels import (
    BACKGROUNDS,
    COLOUR_16,
    DARK,
    USUAL_HIGH_BYTES,
    Ranges,
    Scale,
    background_for,
    said,
)
from explorer.data.rendering import LOSSY, Rendering, is_deep, kind_of, range_of, visible_range
from explorer.errors import UserError
from explorer.untrusted.archive import Entry

BRIGHT = DARK | {
    COLOUR_16: USUAL_HIGH_BYTES[-2]
}  # if one image of a kind has a larger value, the others need not be looked at
# images decoded between two looks at how bright they are; transparent images decoded
AT_ONCE = 64
SAMPLE = 200


@dataclass(frozen=True)
class Seen:
    """An image in a file: its page there, size (width, height), Pillow's mode, and what decoding costs in
    pixels.
    """

    entry: Entry
    page: int
    size: tuple[int, int]
    mode: str
    work: int
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

    most: how many images there may be, None for any number.
    """

    def __init__(self, read: Callable[[Entry], bytes | Path], threads: int | None, most: int | None = None):
        self._read, self._threads, self._most, self._n = read, threads, most, 0
        self.images: list[Seen] = []
        self.faults: list[tuple[str, str]] = []  # a file's name, and why it is skipped
        self.rendering, self.notes = Rendering(), []

    def look(self, entries: Sequence[Entry], on_progress: Progress = untold) -> None:
        """Finds the images in the files, without deciding how they are rendered. Raises UserError for too
        many.
        """
        for entry, found in zip(entries, read_each(self._seen, entries, on_progress, self._threads)):
            if isinstance(found, str):
                self.faults.append((entry.name, found))
            else:
                self.images += found

    def decide(self) -> None:
        """How the images are rendered, by their pixels. Files whose pixels can't be scaled are dropped."""
        ranges, dropped = Ranges(), set()
        deep = [group for group in self.groups() if any(is_deep(self.images[i].kind) for i in group)]
        for group, found in zip(deep, read_each(self._deep_ranges, deep, threads=self._threads)):
            if isinstance(found, str):
                self.faults.append((self.images[group[0]].entry.name, found))
                dropped |= {*group}
                continue
            for kind, low, high in found:
                ranges.add(kind, low, high)
        self.images = [image for i, image in enumerate(self.images) if i not in dropped]
        for kind, bright in BRIGHT.items():
            exact = [image for image in self.images if image.kind == kind and image.is_exact]
            for first in range(0, len(exact), AT_ONCE):
                found = read_each(self._range, exact[first : first + AT_ONCE], threads=self._threads)
                for low, high in found:
                    ranges.add(kind, low, high)
                if max(high for _, high in found) > bright:
                    break
        scales = ranges.scales()
        self.rendering = Rendering(scales, self._background(scales))
        self.notes += said(scales)
        if self.rendering.background in BACKGROUNDS:
            self.notes.append(BACKGROUNDS[self.rendering.background])
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
        """The images of each file, by number."""
        starts = [
            i for i, image in enumerate(self.images) if i == 0 or image.entry is not self.images[i - 1].entry
        ]
        return [range(start, end) for start, end in zip(starts, [*starts[1:], len(self.images)])]

    def decoded(self, numbers: Sequence[int], size: tuple[int, int], colour: bool) -> list[np.ndarray | str]:
        """Images of one file: uint8 [1 or 3, *size] each, or why they can't be read."""
        wanted = [self.images[i].page for i in numbers]
        found = self._open(
            self.images[numbers[0]].entry,
            lambda image: each_page(image, wanted, size, colour, self.rendering),
        )
        return [found] * len(numbers) if isinstance(found, str) else found

    def _open(self, entry: Entry, use: Callable):
        try:
            content = self._read(entry)
            return with_image(BytesIO(content) if isinstance(content, bytes) else content, use)
        except ValueError as error:
            return str(error)

    def _seen(self, entry: Entry) -> list[Seen] | str:
        def use(image):
            found = [_of_page(entry, page, image) for page in pages(image)]
            return [Seen(**vars(one) | {"n_pages": len(found)}) for one in found]

        found = self._open(entry, use)
        self._n += len(found) if isinstance(found, list) else 0
        if self._most and self._n > self._most:
            raise UserError(f"There are more images than the limit of {self._most:,}. Use fewer images.")
        return found

    def _deep_ranges(self, group: Sequence[int]) -> list[tuple[str, float, float]] | str:
        """Of the images of one file that have more than 8 bits a channel: kind, lowest and highest value; or
        why they can't be had.
        """

        def use(opened):
            found = []
            for image in (self.images[i] for i in group if is_deep(self.images[i].kind)):
                if image.page:
                    opened.seek(image.page)
                found.append((image.kind, *range_of(opened, image.kind)))
            if not np.isfinite([values for _, *values in found]).all():
                raise Refused("some of its pixels are not finite numbers")
            return found

        return self._open(self.images[group[0]].entry, use)

    def _range(self, image: Seen) -> tuple[float, float]:
        """Black for one that can't be decoded, which is told later."""
        found = self._at(image, lambda opened: range_of(opened, image.kind))
        return (0, 0) if isinstance(found, str) else found

    def _at(self, image: Seen, use: Callable):
        def at_page(opened):
            if image.page:
                opened.seek(image.page)
            return use(opened)

        return self._open(image.entry, at_page)

    def _background(self, scales: dict[str, Scale]) -> int:
        transparent = [image for image in self.images if image.is_transparent]
        some = transparent[:: -(-len(transparent) // SAMPLE) or 1]
        found = read_each(
            lambda image: self._at(image, lambda opened: visible_range(opened, image.kind, scales)),
            some,
            threads=self._threads,
        )
        return background_for(one for one in found if not isinstance(one, str))


def _of_page(entry: Entry, page: int, image) -> Seen:
    kind = kind_of(image)
    return Seen(
        entry,
        page,
        image.size,
        image.mode,
        work(image),
        kind,
        bool(kind) and image.format not in LOSSY,
        image.has_transparency_data,
        is_animated(image),
    )
