"""Draw vectors that are no images, such as spectra, as pictures of bars over an axis.

A data set of vectors has the shape [1, 1, d]. explorer/live/core/vector_picture.js draws the same pixels.
"""

import numpy as np

from explorer.names import is_vector

HEIGHT, WIDTH = 96, 144  # pixels
AXIS_HEIGHT = 5  # rows of the axis and its ticks
BAR, LINE, AXIS = 0.55, 1.0, 0.45  # grey of a bar, of its upper end, and of the axis
MIN_SPACED_WIDTH = 4  # columns of a bar from which it has room beside it
MAX_TICKS = 5  # at most, beside that of the first number


def as_pictures(images: np.ndarray) -> np.ndarray:
    """Return images [n, C, H, W], uint8 or float in [0, 1], as they are shown: vectors as pictures of bars,
    others unchanged.
    """
    if not is_vector(images.shape[1:]):
        return images
    if images.dtype == np.uint8:
        return np.rint(255 * _draw(images[:, 0, 0] / 255)).astype(np.uint8)
    return _draw(images[:, 0, 0]).astype(images.dtype)


def tick_step(d: int) -> int:
    """Return how many numbers of d lie between two ticks: 1, 2 or 5 times a power of ten."""
    power = 1
    while d / (5 * power) > MAX_TICKS:
        power *= 10
    return next(step for step in (power, 2 * power, 5 * power) if d / step <= MAX_TICKS)


def _draw(values: np.ndarray) -> np.ndarray:
    """Return the pictures [n, 1, HEIGHT, WIDTH] of vectors [n, d] in [0, 1]. A column shows the largest of
    the numbers that it stands for.
    """
    n, d = values.shape
    top = HEIGHT - AXIS_HEIGHT
    columns = np.arange(WIDTH)
    first = columns * d // WIDTH
    last = np.maximum((columns + 1) * d // WIDTH, first + 1)
    largest = np.stack([values[:, a:b].max(1) for a, b in zip(first, last)], 1)
    heights = np.floor(np.clip(largest, 0, 1) * top + 0.5).astype(int)  # [n, WIDTH]
    if WIDTH // d >= MIN_SPACED_WIDTH:
        heights[:, last * WIDTH // d == columns + 1] = 0
    row = (top - np.arange(top))[None, :, None]  # rows upwards: 1 is just above the axis
    pictures = np.zeros((n, 1, HEIGHT, WIDTH))
    pictures[:, 0, :top] = np.where(row == heights[:, None], LINE, BAR * (row < heights[:, None]))
    pictures[:, 0, top] = AXIS
    ticks = np.arange(0, d, tick_step(d))
    pictures[:, 0, top + 1 : top + 4, (2 * ticks + 1) * WIDTH // (2 * d)] = AXIS
    return pictures
