"""Compute the rate of one latent dimension, KL(N(mu, exp(s)) ‖ N(0, 1)), over mu and s = log of the
variance.
"""

import numpy as np
import torch

from explorer.models.posterior import GaussianPosterior
from explorer.objectives.rate import kl_per_dimension


def rate(mu: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Return the rate of each mu and s = log of the variance, in nats; all are of one shape."""
    mu, s = np.broadcast_arrays(mu, s)
    return kl_per_dimension(
        GaussianPosterior(torch.tensor(mu, dtype=torch.float64), torch.tensor(s, dtype=torch.float64))
    ).numpy()
