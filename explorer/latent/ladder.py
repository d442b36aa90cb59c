"""A ladder: one network at many KL weights, each trained on from the one before. Between its rungs the
weights are mixed.
"""

import math

import numpy as np


def rung_at(betas: tuple[float, ...], beta: float) -> tuple[int, float]:
    """Return where a KL weight lies among rising ones, in log beta: (i, t), t of the way from rung i to the
    next; beyond them, at an end.
    """
    if beta <= betas[0]:
        return 0, 0.0
    i = max(i for i, low in enumerate(betas[:-1]) if low <= beta)
    return i, min(math.log(beta / betas[i]) / math.log(betas[i + 1] / betas[i]), 1.0)


def interpolate_weights(
    weights: dict[str, np.ndarray], betas: tuple[float, ...], beta: float
) -> dict[str, np.ndarray]:
    """Return the weights at beta, linear in its logarithm between two rungs. weights have a leading axis of
    rungs.
    """
    i, t = rung_at(betas, beta)
    return {
        name: (1 - t) * w[i].astype(np.float32) + t * w[i + 1].astype(np.float32)
        for name, w in weights.items()
    }


def film_kl_weights(betas: tuple[float, ...]) -> tuple[float, ...]:
    """Return the KL weights of the frames of a ladder's film: its rungs and, between each two, the middle of
    their logarithms.
    """
    between = [math.sqrt(a * b) for a, b in zip(betas, betas[1:])]
    return tuple(sorted([*betas, *between]))
