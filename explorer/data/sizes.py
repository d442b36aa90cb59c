"""How many images a data set has to train on, without reading them."""

import os
from pathlib import Path

from explorer.data import folder, load, own
from explorer.data.dataset import n_for_test

N_TRAIN = {"digits": 1437, "moons": 6000, "shapes": 12_000, "mnist": 60_000, "fashion-mnist": 60_000, "kmnist": 60_000,
           "cifar10": 50_000, "celeba": 162_770}


def n_train(dataset: str) -> int:
    """Or somewhat more, if some of them can't be read; 1 at least. Raises UserError if there is no such data set."""
    kind, _, path = dataset.partition(":")
    if kind == "folder":
        n = len(folder.image_files(Path(os.path.expanduser(path))))
        return max(1, n - n_for_test(n))
    if kind == "own":
        return own.about(path).n_train
    return N_TRAIN.get(kind) or load(dataset).n_train
