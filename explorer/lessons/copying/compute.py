"""Measure how near decoded images are to the training images, and how near test images are."""

from dataclasses import dataclass

import numpy as np

from explorer.latent.gaps import kth_distances
from explorer.latent.neighbours import Blend, fit_blend, nearest_points
from explorer.latent.share import Share, share_of_true
from explorer.runs.inference import TrainingCodes, load_training_codes
from explorer.runs.load import LoadedRun

MAX_BLENDED_IMAGES = 60  # images that a blend can use
# of the distance to the second nearest image (Yoon et al., ICML 2023 workshop on structured probabilistic
# inference)
MAX_COPY_RATIO = 1 / 3


@dataclass(frozen=True)
class ReferenceDistances:
    """Distances of images to their nearest training images. training: the training images, with logvar [N, D]
    of their posteriors and their mutual_information() I(x; z); test_distances, reconstructions [n, 2]:
    two_nearest_distances() of the test images, and of their reconstructions; training_reconstructions [N, 2]:
    of the reconstructions of the training images; blend_distances [n]: of the test images.
    """

    training: TrainingCodes
    logvar: np.ndarray
    test_distances: np.ndarray
    reconstructions: np.ndarray
    blend_distances: np.ndarray
    training_reconstructions: np.ndarray
    mutual_information: tuple[float, float]


def measure_reference_distances(loaded: LoadedRun, test: np.ndarray) -> ReferenceDistances:
    """Measure the distances of test images uint8 [n, C, H, W] and of all reconstructions to the training
    images. Raises UserError if the training images are not on this machine.
    """
    training = load_training_codes(loaded, lambda done, total: None)
    reconstructions = loaded.decode(loaded.encode(test).mu.numpy())
    logvar = loaded.encode(training.x).logvar.numpy()
    return ReferenceDistances(
        training,
        logvar,
        two_nearest_distances(training.x, test),
        two_nearest_distances(training.x, reconstructions),
        blend_distances(training.x, test / np.float32(255)),
        two_nearest_distances(training.x, loaded.decode(training.mu)),
        mutual_information(training.mu, logvar, np.random.default_rng(0)),
    )


def two_nearest_distances(images: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return the Euclidean distances [n, 2], over pixels in [0, 1], of each of `to` [n, C, H, W] from the
    nearest and the second nearest of the images [N, C, H, W]; both are uint8 or float in [0, 1].
    """
    points, places = (_flatten(part) for part in (images, queries))
    return np.column_stack([kth_distances(points, places, k) for k in (1, 2)])


def best_blend(images: np.ndarray, x: np.ndarray) -> Blend:
    """Return the non-negative blend, of the MAX_BLENDED_IMAGES nearest images, that is nearest to x. images
    uint8 [N, C, H, W], x float [C, H, W].
    """
    rows, _ = nearest_points(images, x, min(MAX_BLENDED_IMAGES, len(images)))
    return fit_blend(x, images[rows])


def blend_distances(images: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return the distance [n] of each of `to` float [n, C, H, W] from its best_blend() of images uint8 [N, C,
    H, W].
    """
    return np.array([best_blend(images, x).distance for x in queries])


def ideal_decode(images: np.ndarray, mu: np.ndarray, logvar: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the decoded image with the lowest expected distortion at z [D]: the mean of all images, weighted
    by their posteriors q(z|x).

    images uint8 [N, C, H, W], mu, logvar [N, D] -> float [C, H, W]. This holds for Bernoulli and Gaussian
    pixels alike: there the derivative of Σ q(z|x) · distortion with respect to the decoded pixel is 0.
    """
    log = -0.5 * (logvar + (z - mu.astype(np.float64)) ** 2 / np.exp(logvar)).sum(1)
    weights = np.exp(log - log.max())
    return np.tensordot(weights / weights.sum(), images, 1) / 255


def is_copy(distances: np.ndarray) -> np.ndarray:
    """Return, for two_nearest_distances() [n, 2], whether the nearest image is nearer than a third of the
    distance to the second nearest, bool [n].
    """
    return distances[:, 0] < MAX_COPY_RATIO * distances[:, 1]


def copy_share(distances: np.ndarray) -> Share:
    """Return the share of copies among two_nearest_distances() [n, 2], with its 95% interval."""
    return share_of_true(is_copy(distances))


def share_nearer(distances: np.ndarray, reference: np.ndarray) -> Share:
    """Return the share of images that are nearer to a training image than the median of a reference; both are
    two_nearest_distances().
    """
    return share_of_true(distances[:, 0] < np.median(reference[:, 0]))


def mutual_information(mu: np.ndarray, logvar: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """Estimate I(x; z) in nats, and its standard error over samples, from the posteriors mu, logvar [N, D] of
    N images, x uniform over these images: the mean of log q(z|x) − log q(z) over one posterior sample per
    image, with q(z) the mean of all N posteriors. It is at most ln N.
    """
    mu, sd = mu.astype(np.float64), np.exp(logvar.astype(np.float64) / 2)
    z = mu + sd * rng.standard_normal(mu.shape)
    values = []
    for row, code in enumerate(z):
        log = -(0.5 * ((code - mu) / sd) ** 2 + np.log(sd)).sum(1)
        values.append(log[row] - log.max() - np.log(np.exp(log - log.max()).mean()))
    return float(np.mean(values)), float(np.std(values) / np.sqrt(len(values)))


def _flatten(images: np.ndarray) -> np.ndarray:
    flat = images.reshape(len(images), -1).astype(np.float64)
    return flat / 255 if images.dtype == np.uint8 else flat
