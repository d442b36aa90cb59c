"""Paths between two codes: the linear one, and the spherical one, which keeps its distance from the mean of a
Gaussian.
"""

import numpy as np

from explorer.errors import UserError

MIN_LENGTH_RATIO = 1e-9  # a ratio of lengths below which a direction is rounding error


def interpolate_linear(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    """Return n codes [n, D], evenly spaced from a to b [D]. Raises UserError if n is less than 2."""
    if n < 2:
        raise UserError(f"A path has two ends: choose at least 2 images, not {n}.")
    return np.linspace(np.asarray(a, np.float64), np.asarray(b, np.float64), n)


def interpolate_spherical(a: np.ndarray, b: np.ndarray, n: int, middle: np.ndarray) -> np.ndarray:
    """Return n codes [n, D] from a to b [D] by equal angles about the middle [D], the radius changing evenly.

    White (2016, arXiv:1609.04468), here also for ends of unequal radius. Where no angle is to be turned by,
    it is the straight path: for an end at the middle, ends in one direction from it, or a single dimension.
    Opposite ends have no shortest arc: theirs goes by way of the positive end of that coordinate axis which
    is most nearly at right angles to them (of several, the first). Raises UserError if n is less than 2.
    """
    path = interpolate_linear(a, b, n)
    start, end = path[[0, -1]] - middle
    radii = np.linalg.norm(start), np.linalg.norm(end)
    if start.size == 1 or min(radii) <= MIN_LENGTH_RATIO * max(radii):
        return path
    start, end = start / radii[0], end / radii[1]
    cosine = start @ end
    perpendicular = end - cosine * start
    sine = np.linalg.norm(perpendicular)
    if sine < MIN_LENGTH_RATIO:
        least = np.abs(start).argmin()
        perpendicular = np.eye(start.size)[least] - start[least] * start
    t = np.linspace(0, 1, n)[1:-1, None]
    angle = t * np.arctan2(sine, cosine)
    directions = np.cos(angle) * start + np.sin(angle) * perpendicular / np.linalg.norm(perpendicular)
    path[1:-1] = middle + ((1 - t) * radii[0] + t * radii[1]) * directions
    return path


def midpoints(mu: np.ndarray, n: int, middle: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the midpoint of each path between n random pairs of different codes, [n, D] by "linear" and
    "spherical". mu [N, D].

    Raises UserError if there are fewer than two codes.
    """
    if len(mu) < 2:
        raise UserError(f"A path needs two codes, and there is only {len(mu)}. Use more test images.")
    first = rng.integers(len(mu), size=n)
    second = (first + rng.integers(1, len(mu), size=n)) % len(mu)
    pairs = [(mu[i], mu[j]) for i, j in zip(first, second)]
    return {
        "linear": np.array([interpolate_linear(a, b, 3)[1] for a, b in pairs]),
        "spherical": np.array([interpolate_spherical(a, b, 3, middle)[1] for a, b in pairs]),
    }
