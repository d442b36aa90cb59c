"""How near decoded images come to the images that were learnt from, and how near real images come that nobody learnt from."""

from dataclasses import dataclass

import numpy as np

from explorer.describing import Learnt, learnt
from explorer.latent.gaps import distances
from explorer.latent.neighbours import Blend, blend, nearest
from explorer.runs import LoadedRun

BLENDED = 60  # images, of which a blend is made
COPY = 1 / 3  # of the distance to the second nearest image (Yoon et al., ICML 2023 workshop on structured probabilistic inference)


@dataclass(frozen=True)
class Yardstick:
    """learnt: the training images; logvar [N, D] of their posteriors; test, recreated [n, 2]: two_nearest() of the test images, and of
    what their codes decode to; blended [n]: blended() of the test images.
    """

    learnt: Learnt
    logvar: np.ndarray
    test: np.ndarray
    recreated: np.ndarray
    blended: np.ndarray


def yardstick(loaded: LoadedRun, test: np.ndarray) -> Yardstick:
    """test uint8 [n, C, H, W], images that were not learnt from. Raises UserError if the training images are not on this machine."""
    known = learnt(loaded, lambda done, total: None)
    recreated = loaded.decode(loaded.encode(test).mu.numpy())
    return Yardstick(known, loaded.encode(known.x).logvar.numpy(), two_nearest(known.x, test), two_nearest(known.x, recreated),
                     blended(known.x, test / np.float32(255)))


def two_nearest(images: np.ndarray, to: np.ndarray) -> np.ndarray:
    """images [N, C, H, W], to [n, C, H, W], uint8 or float in [0, 1] -> [n, 2], the Euclidean distances, over pixels in [0, 1], of
    each of `to` from the nearest of the images and from the second nearest.
    """
    points, places = (_flat(part) for part in (images, to))
    return np.column_stack([distances(points, places, k) for k in (1, 2)])


def best_blend(images: np.ndarray, x: np.ndarray) -> Blend:
    """images uint8 [N, C, H, W], x float [C, H, W] -> the non-negative blend that comes nearest to x, of the BLENDED nearest images."""
    rows, _ = nearest(images, x, min(BLENDED, len(images)))
    return blend(x, images[rows])


def blended(images: np.ndarray, to: np.ndarray) -> np.ndarray:
    """images uint8 [N, C, H, W], to float [n, C, H, W] -> [n], the distance of each from its best_blend()."""
    return np.array([best_blend(images, x).distance for x in to])


def ideal_decode(images: np.ndarray, mu: np.ndarray, logvar: np.ndarray, z: np.ndarray) -> np.ndarray:
    """What the distortion is lowest with at z [D]: the mean of all images, each with the weight q(z|x) of its posterior there.

    images uint8 [N, C, H, W], mu, logvar [N, D] -> float [C, H, W]. Of Bernoulli and Gaussian pixels alike: the derivative of
    Σ q(z|x) · distortion by the decoded pixel is 0 there.
    """
    log = -0.5 * (logvar + (z - mu.astype(np.float64)) ** 2 / np.exp(logvar)).sum(1)
    weights = np.exp(log - log.max())
    return np.tensordot(weights / weights.sum(), images, 1) / 255


def copies(found: np.ndarray) -> np.ndarray:
    """two_nearest() [n, 2] -> bool [n]: whose nearest image is nearer than a third of the way to the second nearest."""
    return found[:, 0] < COPY * found[:, 1]


def nearer(found: np.ndarray, usual: np.ndarray) -> float:
    """two_nearest() of some images, and of others -> the share of the first that comes nearer than the median of the others does."""
    return float((found[:, 0] < np.median(usual[:, 0])).mean())


def _flat(images: np.ndarray) -> np.ndarray:
    flat = images.reshape(len(images), -1).astype(np.float64)
    return flat / 255 if images.dtype == np.uint8 else flat
