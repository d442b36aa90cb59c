"""The one type that every data set becomes."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Progress = Callable[[int, int], None]  # done, total: bytes of a download, or images read


def untold(done: int, total: int) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True)
class Dataset:
    """Images with their classes; the first n_train rows are the training split, the rest the test split.

    x: uint8 [N, C, H, W]; y: int64 [N], an index into class_names.
    factors: known quantities behind each image, float32 [N], by name.
    skipped: what could not be read, in words.
    notes: what was decided about the images, in words.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    class_names: tuple[str, ...]
    n_train: int
    factors: dict[str, np.ndarray] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """C, H, W"""
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


TEST_SHARE = 0.2  # of images that come without a split of their own


def shuffled(n: int, seed: int = 0) -> np.ndarray:
    """A fixed order of n rows, for data that come without a split of their own."""
    return np.random.default_rng(seed).permutation(n)


def n_for_test(n: int) -> int:
    """Of n images that come without a split of their own."""
    return max(1, round(n * TEST_SHARE))


def split(
    name: str,
    x: np.ndarray,
    y: np.ndarray,
    class_names: tuple[str, ...],
    skipped: tuple[str, ...],
    is_test: np.ndarray | None = None,
    notes: tuple[str, ...] = (),
) -> Dataset:
    """The images in a fixed order, training images first.

    The test split is where is_test, bool [n], says so; without it, or if one side of it is empty, one fifth,
    at least one image.
    """
    order = shuffled(len(x))
    n_train = len(x) - n_for_test(len(x))
    if is_test is not None and 0 < is_test.sum() < len(x):
        n_train = int((~is_test).sum())
        order = np.concatenate([order[~is_test[order]], order[is_test[order]]])
    return Dataset(name, x[order], y[order], class_names, n_train, skipped=skipped, notes=notes)


def by_folder(folders: list[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """The folder of each image, "" for none -> classes y int64 [n], and their names."""
    names = sorted(set(folders), key=lambda name: (not name, name))  # those in no folder come last
    place = {name: i for i, name in enumerate(names)}
    y = np.array([place[name] for name in folders], np.int64)
    return y, tuple(name or ("(no folder)" if len(names) > 1 else "images") for name in names)
