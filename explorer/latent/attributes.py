"""Directions in latent space that change one thing: the difference of two groups' mean codes (Larsen et al., ICML 2016)."""

import numpy as np

from explorer.errors import UserError


def between(mu: np.ndarray, y: np.ndarray, a: int, b: int) -> np.ndarray:
    """mu [N, D], y int [N] -> [D], from the mean code of class a to that of class b. Raises UserError if one has no image."""
    for label in (a, b):
        if not (y == label).any():
            raise UserError(f"No image is of class {label}, so that it has no mean code: choose another class.")
    return _step(mu, y == a, y == b)


def along(mu: np.ndarray, values: np.ndarray) -> np.ndarray:
    """mu [N, D], values [N] of a known factor -> [D], from the mean code where it is low to that where it is high.

    Low is the lower third of the values and high the upper one, what equals a third's last value included. If both thirds end at
    the same value, as of a 0/1 factor that is mostly 0, low is what lies below it and high what lies above it; if nothing does,
    what equals it. So two values always are two groups. Raises UserError for a factor without difference, or no image.
    """
    values = np.asarray(values, np.float64)
    if not len(values) or not values.min() < values.max():
        raise UserError("This factor is the same for all images, so that no direction belongs to it: choose another factor.")
    third = max(1, len(values) // 3)
    low, high = np.sort(values)[[third - 1, -third]]
    both = low == high
    lower = values < low if both and values.min() < low else values <= low
    upper = values > high if both and values.max() > high else values >= high
    return _step(mu, lower, upper)


def _step(mu: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    return mu[end].mean(0, dtype=np.float64) - mu[start].mean(0, dtype=np.float64)
