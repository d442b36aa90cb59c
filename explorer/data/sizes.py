"""Count the training images of a data set without decoding them."""

import os
from functools import lru_cache
from pathlib import Path

from explorer.data import folder, load, own
from explorer.data.dataset import n_for_test
from explorer.data.layout import laid_out

N_TRAIN = {
    "digits": 1437,
    "moons": 6000,
    "shapes": 12_000,
    "mnist": 60_000,
    "fashion-mnist": 60_000,
    "kmnist": 60_000,
    "cifar10": 50_000,
    "celeba": 162_770,
}


def n_train(dataset: str) -> int:
    """Or somewhat more, if some of them can't be read; 1 at least. Raises UserError if there is no such data
    set.
    """
    kind, _, path = dataset.partition(":")
    if kind == "folder":
        root = Path(os.path.expanduser(path))
        files = [file.relative_to(root).as_posix() for file in folder.image_files(root)]
        is_test = laid_out(files).is_test
        return max(1, len(files) - (n_for_test(len(files)) if is_test is None else int(is_test.sum())))
    if kind == "file":
        place = Path(os.path.expanduser(path))
        state = place.stat() if place.is_file() else None
        return _n_train_in(place, state and (state.st_mtime_ns, state.st_size))
    if kind == "own":
        return own.about(path).n_train
    return N_TRAIN.get(kind) or load(dataset).n_train


@lru_cache(maxsize=64)
def _n_train_in(place: Path, state: tuple[int, int] | None) -> int:
    """Of a file in that state: when it was changed, and how large it is."""
    found = folder.file_upload(place)
    n = len(found.names)
    return n - (n_for_test(n) if found.is_test is None else int(found.is_test.sum()))
