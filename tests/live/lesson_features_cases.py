"""What explorer/live/core/class_direction.js should compute, by numpy."""

import numpy as np

from explorer.latent.attributes import factor_direction


def class_direction_cases() -> dict:
    """Return directions to classes from a few labelled codes of each, as the difference of means."""
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((10, 20, 16)).astype(np.float32)
    wanted = [(3, 1), (0, 5), (9, 20), (4, 400)]
    directions = []
    for label, per_class in wanted:
        few = codes[:, :per_class]
        is_class = np.repeat(np.arange(10) == label, few.shape[1])
        directions.append(factor_direction(few.reshape(-1, 16).astype(float), is_class))
        others = np.delete(few, label, 0).reshape(-1, 16)
        np.testing.assert_allclose(directions[-1], few[label].mean(0) - others.mean(0), atol=1e-6)
    counts = [1, 2, 5, 10, 20, 50]
    values = [1, 1.5, 3, 4, 30, 35, 400]
    ratios = np.abs(np.log(np.array(counts)[None] / np.array(values)[:, None]))
    return {
        "codes": codes.ravel().astype(float),
        "wanted": np.array(wanted),
        "directions": np.stack(directions),
        "counts": np.array(counts),
        "values": np.array(values),
        "nearest": ratios.argmin(1),
    }
