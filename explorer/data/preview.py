"""Describe uploaded images for a preview, and convert them into a data set."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.data.dataset import Dataset, Progress, n_test_of, no_progress, split_dataset
from explorer.data.image import read_all
from explorer.data.problems import is_single_coloured
from explorer.errors import UserError
from explorer.fields import MAX_IMAGE_SIZE
from explorer.names import sanitize

# The number and the size of the images that are checked for more than one colour.
N_CHECKED_IMAGES = 32
CHECKED_IMAGE_SIZE = (28, 28)
REMEDY = "Add PNG or JPEG images, a zip of them, a NumPy array or a CSV table."


@dataclass(frozen=True)
class Upload:
    """What was found: how many images of each size (width, height) and of each of Pillow's modes, and what
    was skipped and why.

    y int64 [n]: the class of each image, an index into class_names; names [n]: theirs. is_test: which of them
    are the test images, bool [n]; None if the images come without a split. notes: what was decided about the
    images, a sentence each. groups: numbers of images that are decoded together; decode: these, (height,
    width), colour -> uint8 [C, H, W] each, or why not. encodings: in which old encodings the names in a zip
    may be, the one that was taken first; none if that is beyond doubt. source_label: what holds the images,
    as a sentence begins.
    """

    y: np.ndarray
    class_names: tuple[str, ...]
    names: tuple[str, ...]
    sizes: dict[tuple[int, int], int]
    modes: dict[str, int]
    skipped: tuple[str, ...]
    is_test: np.ndarray | None
    notes: tuple[str, ...]
    groups: Sequence[Sequence[int]]
    decode: Callable[[Sequence[int], tuple[int, int], bool], list[np.ndarray | str]]
    threads: int | None
    source_label: str
    encodings: tuple[str, ...] = ()

    @property
    def n_pixels(self) -> int:
        """Return the number of pixels of all images, before they are resized."""
        return sum(width * height * n for (width, height), n in self.sizes.items())

    @property
    def n_train(self) -> int:
        """Return the number of training images, if every image can be decoded."""
        n = len(self.names)
        n_given = 0 if self.is_test is None else int(self.is_test.sum())
        return n - (n_given if 0 < n_given < n else n_test_of(n))

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of images of each class."""
        return dict(zip(self.class_names, np.bincount(self.y, minlength=len(self.class_names)).tolist()))

    def read(self, number: int, size: tuple[int, int], colour: bool) -> np.ndarray | str:
        """Return an image, uint8 [1 or 3, *size], or the reason why it cannot be read."""
        return self.decode([number], size, colour)[0]

    def is_blank(self) -> bool:
        """Return whether each image of a sample has a single colour."""
        numbers = np.unique(np.linspace(0, len(self.names) - 1, N_CHECKED_IMAGES).astype(int)).tolist()
        images = read_all(
            lambda number: self.read(number, CHECKED_IMAGE_SIZE, True), numbers, threads=self.threads
        )
        return all(map(is_single_coloured, images))

    def to_dataset(
        self, name: str, image_size: int, colour: bool, on_progress: Progress = no_progress
    ) -> Dataset:
        """Return the images, cropped to the central square and resized, as a data set. The test split is the
        given one, else one fifth in a fixed order.

        Raises UserError for an unsupported size, or if fewer than two images can be decoded.
        """
        if not 1 <= image_size <= MAX_IMAGE_SIZE:
            raise UserError(f"The image size must be between 1 and {MAX_IMAGE_SIZE}, not {image_size}.")
        size = image_size, image_size
        images = [
            one
            for group in read_all(
                lambda group: self.decode(group, size, colour), self.groups, on_progress, self.threads
            )
            for one in group
        ]
        rows = [i for i, image in enumerate(images) if isinstance(image, np.ndarray)]
        skipped = self.skipped + tuple(
            skip_message(self.names[i], fault) for i, fault in enumerate(images) if isinstance(fault, str)
        )
        if len(rows) < 2:
            raise too_few_images_error(self.source_label, len(rows), skipped)
        classes, y = np.unique(self.y[rows], return_inverse=True)  # classes that still have an image
        x = np.stack([images[i] for i in rows])
        is_test = None if self.is_test is None else self.is_test[rows]
        class_names = tuple(self.class_names[i] for i in classes)
        return split_dataset(name, x, y, class_names, skipped, is_test, self.notes)


def build_upload(
    y: np.ndarray,
    class_names: tuple[str, ...],
    names: Sequence[str],
    sizes: Sequence,
    modes: Sequence[str],
    max_classes: int | None,
    **fields,
) -> Upload:
    """Build an upload from the sizes and modes of the images, which are counted. Raises UserError if there
    are too many classes.
    """
    if max_classes and len(class_names) > max_classes:
        raise UserError(
            f"These images have {len(class_names):,} classes, and the limit is {max_classes:,}. "
            "Put them into fewer folders, or into none."
        )
    sizes, modes = (dict(Counter(values).most_common()) for values in (sizes, modes))
    return Upload(y, class_names, tuple(names), sizes, modes, **fields)


def skip_message(name: str, reason: str) -> str:
    return f"{sanitize(name)}: {reason}"


def too_few_images_error(source: str, n: int, skipped: Sequence[str]) -> UserError:
    return UserError(
        f"{source} contains {n or 'no'} image{'s' * (n != 1)} that can be read, and training needs at least 2"
        f"{f' ({len(skipped):,} skipped; {skipped[0]})' if skipped else ''}. {REMEDY}"
    )
