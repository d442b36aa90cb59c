"""What core/slant.js should compute, by the weighted regression of numpy."""

import numpy as np

WIDTH = 7


def slant_cases() -> dict:
    images = np.random.default_rng(5).uniform(0, 1, (20, 9, WIDTH)) ** 4
    return {
        "width": WIDTH,
        "images": images.reshape(len(images), -1),
        "degrees": [fitted_slant(image) for image in images],
    }


def fitted_slant(image: np.ndarray) -> float:
    """Return the slant of image [H, W] in degrees, positive to the right."""
    row, column = np.indices(image.shape)
    slope, _ = np.polyfit(row.ravel(), column.ravel(), 1, w=np.sqrt(image.ravel()))
    return float(np.degrees(np.arctan(-slope)))
