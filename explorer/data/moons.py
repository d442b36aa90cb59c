"""Synthetic images of moon phases, from new to full; the phase, tilt and size of each image are known."""

import numpy as np

from explorer.data.dataset import Dataset
from explorer.data.drawing import Most, drawing_grid, first_rows, rotate, shrink

IMAGE_SIZE, N_TRAIN, N_TEST = 28, 6000, 1000
# The brightness of the unlit part. It makes the size of a new moon visible.
DARK_SIDE_BRIGHTNESS = np.float32(0.12)
CLASS_NAMES = ("new", "crescent", "half", "gibbous", "full")
UNITS = {"phase": "lit share", "tilt": "degrees", "size": "share of half the image"}
CLASS_LIMITS = (0.1, 0.4, 0.6, 0.9)  # phases between one class and the next


def generate_moons(n_train: int = N_TRAIN, n_test: int = N_TEST, seed: int = 0, most: Most = None) -> Dataset:
    """Return images with random factors: phase, the lit share of the disc, 0 to 1; tilt, in degrees; size,
    the radius as a share of half the image. most: see first_rows().
    """
    rng, (rows, n_drawn) = np.random.default_rng(seed), first_rows(n_train, n_test, most)
    ranges = {"phase": (0, 1), "tilt": (-40, 40), "size": (0.55, 0.9)}
    factors = {
        name: rng.uniform(*limits, n_train + n_test).astype(np.float32)[rows]
        for name, limits in ranges.items()
    }
    y = np.digitize(factors["phase"], CLASS_LIMITS).astype(np.int64)
    return Dataset("moons", draw_moons(**factors), y, CLASS_NAMES, n_drawn, factors, UNITS)


def draw_moons(phase: np.ndarray, tilt: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return images of moons, uint8 [N, 1, 28, 28], lit from the right. Each argument has one value per
    image.

    The terminator is half an ellipse whose horizontal half-axis is (1 − 2·phase) radii, which lights exactly
    `phase` of the disc's area.
    """
    col, row = drawing_grid(IMAGE_SIZE)
    images = np.empty((len(phase), 1, IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    for i, (share, degrees, radius) in enumerate(zip(phase, tilt, size)):
        across, along = rotate(col / radius, row / radius, degrees)
        half_width = np.sqrt(np.clip(1 - along * along, 0, 1))
        lit = (across >= (1 - 2 * share) * half_width) & (across <= half_width)
        images[i, 0] = shrink(
            np.where(lit, np.float32(1), DARK_SIDE_BRIGHTNESS * (np.abs(across) <= half_width))
        )
    return images
