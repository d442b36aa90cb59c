"""1,797 handwritten digits of 8×8 px, inside scikit-learn (Alpaydin and Kaynak, UCI 1998)."""

import numpy as np

from explorer.data.dataset import Dataset, shuffled

N_TEST = 360


def digits() -> Dataset:
    from sklearn.datasets import load_digits

    data = load_digits()
    order = shuffled(len(data.target))
    x = np.rint(data.images * (255 / 16)).astype(np.uint8)[order, None]
    y = data.target.astype(np.int64)[order]
    return Dataset("digits", x, y, tuple("0123456789"), len(x) - N_TEST)
