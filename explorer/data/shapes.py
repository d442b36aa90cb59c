"""Synthetic images of squares, ellipses and hearts, like dSprites (Matthey et al., 2017); the position, scale
and rotation of each image are known.
"""

import numpy as np

from explorer.data.dataset import Dataset
from explorer.data.drawing import Most, drawing_grid, first_rows, rotate, shrink

IMAGE_SIZE, N_TRAIN, N_TEST = 32, 12_000, 2000
CLASS_NAMES = ("square", "ellipse", "heart")
UNITS = {name: "halves of the image" for name in ("x", "y", "scale")} | {"rotation": "degrees"}


def generate_shapes(
    n_train: int = N_TRAIN, n_test: int = N_TEST, seed: int = 0, most: Most = None
) -> Dataset:
    """Return images with random factors: x and y, the centre, −1 to 1 from edge to edge; scale, half the
    height of an ellipse; rotation, in degrees. most: see first_rows().
    """
    rng, (rows, n_drawn) = np.random.default_rng(seed), first_rows(n_train, n_test, most)
    y = rng.integers(0, len(CLASS_NAMES), n_train + n_test)
    ranges = {"x": (-0.5, 0.5), "y": (-0.5, 0.5), "scale": (0.2, 0.45), "rotation": (-45, 45)}
    factors = {name: rng.uniform(*limits, len(y)).astype(np.float32)[rows] for name, limits in ranges.items()}
    return Dataset("shapes", draw_shapes(y[rows], **factors), y[rows], CLASS_NAMES, n_drawn, factors, UNITS)


def draw_shapes(kind, x, y, scale, rotation) -> np.ndarray:
    """Return images, uint8 [N, 1, 32, 32]. Each argument has one value per image; y points down."""
    col, row = drawing_grid(IMAGE_SIZE)
    images = np.empty((len(kind), 1, IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    for i, (k, cx, cy, size, degrees) in enumerate(zip(kind, x, y, scale, rotation)):
        images[i, 0] = shrink(_IS_INSIDE[k](*rotate((col - cx) / size, (row - cy) / size, degrees)))
    return images


def _is_inside_heart(u, v):
    u2, v2 = 1.44 * u * u, 1.44 * v * v
    swell = u2 + v2 - 1
    return swell * swell * swell + 1.2 * u2 * v2 * v <= 0


_IS_INSIDE = (
    lambda u, v: (abs(u) <= 0.8) & (abs(v) <= 0.8),
    lambda u, v: u * u / 0.36 + v * v <= 1,
    _is_inside_heart,
)
