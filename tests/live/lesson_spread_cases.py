"""What explorer/live/core/spread.js should compute, by numpy and scipy."""

import numpy as np
from scipy.stats import binomtest, norm, sem


def spread_cases() -> dict:
    values = np.random.default_rng(5).normal(1, 2, 300)
    edges = np.linspace(-9, 11, 41)
    intervals = [
        (k, n, binomtest(k, n).proportion_ci(0.95, "wilson")) for k, n in ((0, 200), (94, 200), (7, 7))
    ]
    return {
        "mean": values.mean(),
        "half_width": norm.ppf(0.975) * sem(values),
        "shares": [{"count": k, "n": n, "low": i.low, "high": i.high} for k, n, i in intervals],
        "values": values,
        "sd": values.std(),
        "edges": edges,
        "counts": np.histogram(values, edges)[0],
        "quantiles": [{"p": p, "z": norm.ppf(p)} for p in (0.01, 0.2, 0.5, 0.9, 0.99)],
    }
