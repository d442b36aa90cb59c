"""What core/rate_terms.js should compute, by numpy."""

import numpy as np


def term(value: float | None, low: float, high: float) -> dict:
    return {"value": value, "low": low, "high": high}


def rate_terms_cases() -> dict:
    rng = np.random.default_rng(6)
    values, betas = np.sort(np.exp(rng.uniform(-5, 3, 8))), np.exp(rng.uniform(-6, 4, 40))
    parts = rng.uniform(0, 5, (20, 3))
    return {
        "values": values,
        "betas": betas,
        "indices": np.interp(np.log(betas), np.log(values), np.arange(8)),
        "known": [
            {
                "rate": sum(three),
                "mutual_information": term(three[0], 0, 9),
                "total_correlation": term(three[1], 0, 9),
                "marginal_kl": term(three[2], 0, 9),
            }
            for three in parts
        ],
        "parts": parts,
        "shares": parts[:, 0] / parts.sum(1),
        "bounded": {
            "rate": 20,
            "mutual_information": term(None, 9, 15),
            "total_correlation": term(None, 1, 6),
            "marginal_kl": term(7, 6.5, 7.5),
        },
    }
