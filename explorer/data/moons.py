"""Moon phases from new to full, drawn from a seed: phase, tilt and size of every image are known."""

import numpy as np

from explorer.data.dataset import Dataset
from explorer.data.drawing import canvas, shrink, turned

SIZE, N_TRAIN, N_TEST = 28, 6000, 1000
EARTHSHINE = np.float32(0.12)  # the unlit part stays faintly visible, so that a new moon has a size too
NAMES = ("new", "crescent", "half", "gibbous", "full")
EDGES = (0.1, 0.4, 0.6, 0.9)  # of the lit share of the disc, between one name and the next


def moons(n_train: int = N_TRAIN, n_test: int = N_TEST, seed: int = 0) -> Dataset:
    """phase: lit share of the disc, 0 to 1; tilt: degrees; size: radius, as a share of half the image."""
    rng = np.random.default_rng(seed)
    ranges = {"phase": (0, 1), "tilt": (-40, 40), "size": (0.55, 0.9)}
    factors = {k: rng.uniform(*ends, n_train + n_test).astype(np.float32) for k, ends in ranges.items()}
    y = np.digitize(factors["phase"], EDGES).astype(np.int64)
    return Dataset("moons", draw(**factors), y, NAMES, n_train, factors)


def draw(phase: np.ndarray, tilt: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Moons as uint8 [N, 1, 28, 28], lit from the right.

    The terminator is half an ellipse whose horizontal half-axis is (1 − 2·phase) radii, which lights
    exactly `phase` of the disc's area.
    """
    col, row = canvas(SIZE)
    images = np.empty((len(phase), 1, SIZE, SIZE), np.uint8)
    for i, (share, degrees, radius) in enumerate(zip(phase, tilt, size)):
        across, along = turned(col / radius, row / radius, degrees)
        half_width = np.sqrt(np.clip(1 - along * along, 0, 1))
        lit = (across >= (1 - 2 * share) * half_width) & (across <= half_width)
        images[i, 0] = shrink(np.where(lit, np.float32(1), EARTHSHINE * (np.abs(across) <= half_width)))
    return images
