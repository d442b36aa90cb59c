"""A yardstick for reconstructions: the error of PCA with as many numbers per image, the best that a linear
encoder and decoder can do on the images they are fitted to.
"""

from collections.abc import Iterator

import numpy as np

from explorer.latent.difference import mean_difference, ratio_interval
from explorer.quality import Yardstick

MAX_EXACT_PIXELS = 1024  # beyond, the components are found by subspace iteration
N_ITERATIONS, N_SPARE = 4, 10  # of that iteration; directions beyond the components
MIN_SCATTER = 1e-6  # of the images along a component, and as a share of the largest: less is rounding
CHUNK_VALUES = 2**20  # pixels that are converted to float32 at a time


def pca_errors(train: np.ndarray, test: np.ndarray, n_components: int) -> tuple[np.ndarray, int]:
    """Return the mean squared error per pixel of each test image, [n], and the number of components.

    PCA is fitted to the images train; pixels are uint8 [N, C, H, W], and count as values in [0, 1]. There
    are fewer than n_components components where the training images have no variance left: at most
    one fewer than the images, and as many as the pixels. Pixels of reconstructions are not clipped.
    """
    test = test.reshape(len(test), -1)
    mean, axes = fit_pca(train, n_components)
    errors = [
        (np.square(rows).sum(1) - np.square(rows @ axes).sum(1)) / len(mean) for rows in _centred(test, mean)
    ]
    return np.maximum(np.concatenate(errors).astype(np.float64), 0), axes.shape[1]


def fit_pca(x: np.ndarray, n_components: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean, float32 [P], and the first principal axes, float32 [P, n_components], of images x
    uint8 [N, C, H, W] as values in [0, 1]. There are fewer axes where the images have no variance left.
    """
    x = x.reshape(len(x), -1)
    mean = (x.mean(0, dtype=np.float64) / 255).astype(np.float32)
    return mean, _principal_axes(x, mean, min(n_components, len(x) - 1, len(mean)))


def _principal_axes(x: np.ndarray, mean: np.ndarray, k: int) -> np.ndarray:
    """Return at most k principal axes of x uint8 [N, P], float32 [P, k]: exact for few pixels, otherwise by
    randomised subspace iteration (Halko, Martinsson and Tropp, SIAM Review 2011, algorithm 4.4).
    """
    n_pixels = len(mean)
    if k == 0:
        return np.empty((n_pixels, 0), np.float32)
    basis = None if n_pixels <= MAX_EXACT_PIXELS else _find_subspace(x, mean, min(k + N_SPARE, n_pixels))
    parts = (rows if basis is None else rows @ basis for rows in _centred(x, mean))
    scatter, directions = np.linalg.eigh(sum((part.T @ part).astype(np.float64) for part in parts))
    scatter, directions = scatter[::-1][:k], directions[:, ::-1][:, :k].astype(np.float32)
    axes = directions[:, scatter > MIN_SCATTER * max(scatter[0], 1)]
    return axes if basis is None else basis @ axes


def _find_subspace(x: np.ndarray, mean: np.ndarray, size: int) -> np.ndarray:
    """Return an orthonormal basis [P, size] of a space that all but contains the first principal axes."""
    basis = np.random.default_rng(0).standard_normal((len(mean), size)).astype(np.float32)
    for _ in range(N_ITERATIONS):
        basis = np.linalg.qr(sum(rows.T @ (rows @ basis) for rows in _centred(x, mean)))[0]
    return basis


def _centred(x: np.ndarray, mean: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the rows of x uint8 [N, P] less the mean [P], as float32 in parts that fit in little memory."""
    n_rows = max(1, CHUNK_VALUES // len(mean))
    for first in range(0, len(x), n_rows):
        yield x[first : first + n_rows].astype(np.float32) / 255 - mean


def compare_with_pca(
    errors: np.ndarray,
    of_pca: np.ndarray,
    n_components: int,
    constant_distortion: float,
    of_training: np.ndarray,
) -> Yardstick:
    """Return the yardstick of a model. errors, of_pca [n]: the mean squared errors per pixel of the model and
    of PCA, of the same test images; of_training [m]: those of the model, of training images.
    """
    low = high = ratio_low = ratio_high = None
    if len(errors) > 1:
        difference = mean_difference(errors, of_pca)
        low, high = difference.mean - difference.half_width, difference.mean + difference.half_width
    if min(len(errors), len(of_training)) > 1 and errors.mean() and of_training.mean():
        ratio_low, ratio_high = ratio_interval(errors, of_training)
    return Yardstick(
        float(errors.mean()),
        float(of_pca.mean()),
        n_components,
        len(errors),
        low,
        high,
        constant_distortion,
        float(of_training.mean()),
        ratio_low,
        ratio_high,
    )
