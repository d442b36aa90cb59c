"""A fine grid to draw on, shrunk to smooth pixels."""

import numpy as np

Most = tuple[int, int] | None  # training and test images to draw, at most; None for all


def first_rows(n_train: int, n_test: int, most: Most) -> tuple[np.ndarray, int]:
    """Return the rows of the first training and test images, as many as `most` says, and the number of the
    training images among them.
    """
    train, test = (n_train, n_test) if most is None else (min(n_train, most[0]), min(n_test, most[1]))
    return np.concatenate([np.arange(train), np.arange(n_train, n_train + test)]), train


OVERSAMPLING = 4


def drawing_grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return col and row in −1..1 (row pointing down), float32 [4·size, 4·size]."""
    side = size * OVERSAMPLING
    axis = ((np.arange(side) + 0.5) / side * 2 - 1).astype(np.float32)
    return tuple(np.meshgrid(axis, axis))


def rotate(col, row, degrees: float):
    """Return the points in axes that are rotated by the angle in degrees."""
    c, s = np.float32(np.cos(np.radians(degrees))), np.float32(np.sin(np.radians(degrees)))
    return c * col + s * row, c * row - s * col


def shrink(fine: np.ndarray) -> np.ndarray:
    """Convert brightness 0..1 on a canvas to uint8 [size, size], where each pixel is the mean of 4×4 canvas
    pixels.
    """
    size = len(fine) // OVERSAMPLING
    rows = fine.astype(np.float32, copy=False).reshape(size, OVERSAMPLING, -1).sum(1)
    grey = rows.reshape(size, size, OVERSAMPLING).sum(2) / OVERSAMPLING**2
    return np.rint(grey * 255).astype(np.uint8)
