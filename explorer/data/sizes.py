"""Count the training images of a data set without decoding them."""

import os
from functools import lru_cache
from pathlib import Path

from explorer.data import folder, load_dataset, own
from explorer.data.dataset import n_test_of
from explorer.data.layout import infer_layout
from explorer.kinds import import_attribute
from explorer.registry import DATASETS


def n_train(dataset: str) -> int:
    """Return the number of training images, at least 1; it is too high if some of them cannot be read. Raises
    UserError if there is no such data set.
    """
    name, _, argument = dataset.partition(":")
    kind = DATASETS[name]
    if kind.count:
        return import_attribute(kind.count)(argument)
    return kind.n_train or load_dataset(dataset).n_train


def count_in_folder(path: str) -> int:
    """Return the number of training images below a folder."""
    root = Path(os.path.expanduser(path))
    files = [file.relative_to(root).as_posix() for file in folder.find_image_files(root)]
    is_test = infer_layout(files).is_test
    return max(1, len(files) - (n_test_of(len(files)) if is_test is None else int(is_test.sum())))


def count_in_file(path: str) -> int:
    """Return the number of training images in a file. Raises UserError if they cannot be read."""
    file = Path(os.path.expanduser(path))
    state = file.stat() if file.is_file() else None
    return _count_in_version(file, state and (state.st_mtime_ns, state.st_size))


def count_own(name: str) -> int:
    """Return the number of training images of own:NAME. Raises UserError if there are none."""
    return own.read_info(name).n_train


@lru_cache(maxsize=64)
def _count_in_version(file: Path, version: tuple[int, int] | None) -> int:
    """Return the number for a version of a file: its time of change, and its size."""
    return folder.read_file_upload(file).n_train
