"""What explorer/live/core/spread.js should compute, by numpy and scipy."""

import numpy as np
from scipy.stats import norm


def spread_cases() -> dict:
    values = np.random.default_rng(5).normal(1, 2, 300)
    edges = np.linspace(-9, 11, 41)
    return {
        "values": values,
        "sd": values.std(),
        "edges": edges,
        "counts": np.histogram(values, edges)[0],
        "quantiles": [{"p": p, "z": norm.ppf(p)} for p in (0.01, 0.2, 0.5, 0.9, 0.99)],
    }
