"""Find the images nearest to an image, and the blend of them that is nearest to it. Distances are Euclidean,
over pixels in [0, 1].
"""

from dataclasses import dataclass

import numpy as np

from explorer.errors import UserError

CHUNK_VALUES = 2**18  # numbers at a time: a megabyte of float32, which stays in the cache


def nearest_points(points: np.ndarray, query: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows [k] and distances [k] of the nearest points, by distance, then by row. points [N, ...]
    uint8 or float, query [...] float.

    uint8 are pixels, 255 being 1. Raises UserError if k is not 1 to N, or the shapes disagree.
    """
    _check(points, query)
    if not 1 <= k <= len(points):
        raise UserError(
            f"There are {len(points):,} images to compare with: choose 1 to {len(points):,} neighbours, not"
            f" {k}."
        )
    unit, dtype = (255, np.float32) if points.dtype == np.uint8 else (1, np.float64)
    target, flat = (np.ravel(query) * unit).astype(dtype), points.reshape(len(points), -1)
    squares, step = np.empty(len(points), dtype), max(1, CHUNK_VALUES // flat.shape[1])
    for i in range(0, len(points), step):
        difference = flat[i : i + step].astype(dtype)
        np.subtract(difference, target, out=difference)
        squares[i : i + step] = np.square(difference, out=difference).sum(1)
    rows = np.argsort(squares, kind="stable")[:k]
    return rows, np.sqrt(squares[rows].astype(np.float64)) / unit


def nearest_distances(points: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return how far the nearest of the points is from each query, [m]. points [N, ...], queries [m, ...],
    uint8 or float.
    """
    _check(points, queries[0])
    least, step = np.full(len(queries), np.inf), max(1, 16 * CHUNK_VALUES // points[0].size)
    target = _flat(queries)
    for i in range(0, len(points), step):
        chunk = _flat(points[i : i + step])
        squares = (chunk**2).sum(1)[:, None] - 2 * chunk @ target.T + (target**2).sum(1)
        least = np.minimum(least, squares.min(0))
    return np.sqrt(np.maximum(least, 0))


def _flat(images: np.ndarray) -> np.ndarray:
    """Return images [n, ...] as float32 [n, P], uint8 in [0, 1]."""
    flat = images.reshape(len(images), -1).astype(np.float32)
    return flat / 255 if images.dtype == np.uint8 else flat


@dataclass(frozen=True)
class Blend:
    """A weighted sum of images. weights: [k], none negative; image: [...], the weighted sum; distance: from
    the image to the target.
    """

    weights: np.ndarray
    image: np.ndarray
    distance: float


def fit_blend(x: np.ndarray, images: np.ndarray) -> Blend:
    """Return the sum of the images, with weights ≥ 0, that is nearest to x. x [...] float, images [k, ...]
    uint8 or float.

    Non-negative least squares (Lawson and Hanson, 1974, chapter 23); the weights need not sum to 1. Raises
    UserError if there is no image, or the shapes disagree.
    """
    from scipy.optimize import nnls

    _check(images, x)
    flat = images.reshape(len(images), -1).astype(np.float64) / (255 if images.dtype == np.uint8 else 1)
    weights, distance = nnls(flat.T, np.ravel(x).astype(np.float64))
    return Blend(weights, (weights @ flat).reshape(np.shape(x)), float(distance))


def _check(images: np.ndarray, x: np.ndarray) -> None:
    if not len(images):
        raise UserError("There are no images to compare with: choose at least 1.")
    if images.shape[1:] != np.shape(x):
        shapes = (" × ".join(map(str, shape)) for shape in (np.shape(x), images.shape[1:]))
        raise UserError(
            "An image of {} can't be compared with images of {}: choose images of its own size.".format(
                *shapes
            )
        )
