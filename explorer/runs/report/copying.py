"""Whether decoded samples are copies of training images."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.latent.neighbours import nearest_distances, nearest_points
from explorer.latent.share import Share, share_of_smaller
from explorer.runs.inference import load_training_images
from explorer.runs.load import LoadedRun
from explorer.runs.report.samples import to_uint8
from explorer.store.embedding import Embedding

N_COMPARED = 500  # samples, and reconstructions of test images
N_PAIRS = 8  # samples that are shown with their nearest training images


@dataclass(frozen=True)
class CopyPair:
    """row: of a decoded sample; nearest: its nearest training image, uint8 [C, H, W]; training_row: its
    number; distance: Euclidean, over pixels in [0, 1].
    """

    row: int
    nearest: np.ndarray
    training_row: int
    distance: float


@dataclass(frozen=True)
class Copying:
    """Distances to the nearest of n_train training images: of samples [n], and of reconstructions of test
    images [m], which the model has not seen. nearer: the share of pairs of a sample and a reconstruction in
    which the sample is nearer; pairs: the samples that are nearest of all.
    """

    n_train: int
    distances: np.ndarray
    of_reconstructions: np.ndarray
    nearer: Share
    pairs: list[CopyPair]


def measure_copying(
    loaded: LoadedRun, e: Embedding, x: np.ndarray, on_images: Callable[[int, int], None]
) -> Copying:
    """Compare decoded samples x, uint8 [n, C, H, W], with the training images. Raises UserError if these are
    not on this machine.
    """
    train, _ = load_training_images(loaded.run.spec, on_images)
    tests, y = e.images[:N_COMPARED], e.y[: len(e.images)][:N_COMPARED]
    reconstructions = to_uint8(loaded.decode(loaded.encode(tests, y).mu.numpy(), y))
    x = x[:N_COMPARED]
    distances, of_reconstructions = nearest_distances(train, x), nearest_distances(train, reconstructions)
    pairs = []
    for row in np.argsort(distances, kind="stable")[:N_PAIRS].tolist():
        [nearest], [distance] = nearest_points(train, x[row] / np.float32(255), 1)
        pairs.append(CopyPair(row, train[nearest], int(nearest), float(distance)))
    return Copying(
        len(train), distances, of_reconstructions, share_of_smaller(distances, of_reconstructions), pairs
    )
