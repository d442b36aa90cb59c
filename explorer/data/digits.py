"""1,797 handwritten digits of 8×8 pixels, a file in scikit-learn (Alpaydin and Kaynak, UCI 1998)."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, shuffle_order

N_TEST = 360


def load_digits() -> Dataset:
    """Return the digits. They are read from the file, because importing scikit-learn is slow."""
    file = Path(find_spec("sklearn").origin).parent / "datasets/data/digits.csv.gz"
    table = np.loadtxt(file, delimiter=",")  # [n, 64 pixels and a class]
    order = shuffle_order(len(table))
    x = np.rint(table[:, :-1] * (255 / 16)).astype(np.uint8).reshape(-1, 1, 8, 8)[order]
    y = table[:, -1].astype(np.int64)[order]
    return Dataset("digits", x, y, tuple("0123456789"), len(x) - N_TEST)
