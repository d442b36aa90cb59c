"""The type of all data sets."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Progress = Callable[[int, int], None]  # done, total: bytes of a download, or images read


def no_progress(done: int, total: int) -> None:
    """Ignore the progress."""


@dataclass(frozen=True)
class Dataset:
    """Images with their classes; the first n_train rows are the training split, the rest the test split.

    x: uint8 [N, C, H, W]; y: int64 [N], an index into class_names.
    factors: known quantities behind each image, float32 [N], by name; units: of those that have one.
    skipped: a sentence about each image that could not be read.
    notes: sentences about how the images were converted.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    class_names: tuple[str, ...]
    n_train: int
    factors: dict[str, np.ndarray] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return C, H, W."""
        return self.x.shape[1:]

    @property
    def train(self) -> slice:
        return slice(0, self.n_train)

    @property
    def test(self) -> slice:
        return slice(self.n_train, len(self.x))

    @property
    def n_test(self) -> int:
        return len(self.x) - self.n_train


TEST_FRACTION = 0.2  # of images without a given split


def shuffle_order(n: int, seed: int = 0) -> np.ndarray:
    """Return a fixed random order of n rows, int64 [n]."""
    return np.random.default_rng(seed).permutation(n)


def n_test_of(n: int) -> int:
    """Return the number of test images among n images without a given split, at least 1."""
    return max(1, round(n * TEST_FRACTION))


def split_dataset(
    name: str,
    x: np.ndarray,
    y: np.ndarray,
    class_names: tuple[str, ...],
    skipped: tuple[str, ...],
    is_test: np.ndarray | None = None,
    notes: tuple[str, ...] = (),
) -> Dataset:
    """Return the images in a fixed random order, training images first.

    The test split is that of is_test, bool [n]; without it, or if one of the two splits would be empty, it is
    a fifth of the images, at least one.
    """
    order = shuffle_order(len(x))
    n_train = len(x) - n_test_of(len(x))
    if is_test is not None and 0 < is_test.sum() < len(x):
        n_train = int((~is_test).sum())
        order = np.concatenate([order[~is_test[order]], order[is_test[order]]])
    return Dataset(name, x[order], y[order], class_names, n_train, skipped=skipped, notes=notes)


def classes_from_folders(folders: list[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the class of each image, y int64 [n], and the names of the classes. folders: that of each image,
    "" for none.
    """
    names = sorted(set(folders), key=lambda name: (not name, name))  # "" comes last
    index = {name: i for i, name in enumerate(names)}
    y = np.array([index[name] for name in folders], np.int64)
    return y, tuple(name or ("(no folder)" if len(names) > 1 else "images") for name in names)
