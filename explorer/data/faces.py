"""Synthetic images of drawn faces, in colour; ten factors of each image are known and independent."""

import numpy as np

from explorer.data.dataset import Dataset
from explorer.data.face_drawing import draw_faces

N_TRAIN, N_TEST = 12_000, 2000
CLASS_NAMES = ("no glasses", "glasses")
# Lowest and highest value, and the unit. Pixels are those of an image of 64×64.
FACTORS = {
    "skin_colour": (0, 1, "0 light to 1 dark"),
    "hair_colour": (0, 1, "0 black to 1 blond"),
    "hair_length": (18, 48, "px"),  # from the top of the head to the lowest hair
    "face_width": (27, 35, "px"),
    "eye_distance": (11, 16, "px"),  # between the centres of the eyes
    "eye_size": (4.5, 8.5, "px"),  # the width of an eye
    "eyebrow_height": (6, 10, "px"),  # above the centre of the eye
    "nose_length": (4, 9, "px"),
    "mouth_curve": (-4, 4, "px"),  # by how much the corners are above the middle; a smile is positive
    "glasses": (0, 1, "0 no, 1 yes"),
}


def generate_faces(n_train: int = N_TRAIN, n_test: int = N_TEST, seed: int = 0) -> Dataset:
    """Return images with random factors, FACTORS, each uniform between its limits; glasses are 0 or 1, and
    the class of the image.
    """
    rng, n = np.random.default_rng(seed), n_train + n_test
    factors = {name: rng.uniform(low, high, n).astype(np.float32) for name, (low, high, _) in FACTORS.items()}
    y = (factors["glasses"] > 0.5).astype(np.int64)
    factors["glasses"] = y.astype(np.float32)
    units = {name: unit for name, (_, _, unit) in FACTORS.items()}
    return Dataset("faces", draw_faces(**factors), y, CLASS_NAMES, n_train, factors, units)
