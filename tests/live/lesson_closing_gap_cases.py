"""What core/gaussian_mixture.js should compute, by numpy and torch."""

import numpy as np
import torch
from torch.distributions import MultivariateNormal


def gaussian_mixture_cases() -> dict:
    """Return a mixture, samples of given noise and the marginals of two numbers."""
    rng = np.random.default_rng(5)
    k, dim, n = 4, 3, 40
    weights = rng.dirichlet(np.ones(k))
    means, a = rng.normal(size=(k, dim)), rng.normal(size=(k, dim, dim))
    covariances = a @ a.transpose(0, 2, 1) + 0.1 * np.eye(dim)
    components = MultivariateNormal(torch.tensor(means), torch.tensor(covariances))
    uniform, noise = rng.random(n), rng.normal(size=(n, dim))
    chosen = np.searchsorted(np.cumsum(weights), uniform, side="right")
    factors = components.scale_tril.numpy()
    return {
        "weights": weights,
        "means": means,
        "factors": factors,
        "uniform": uniform,
        "noise": noise,
        "chosen": chosen,
        "samples": means[chosen] + np.stack([factors[c] @ e for c, e in zip(chosen, noise)]),
        "marginal_means": means[:, :2],
        "marginal_covariances": covariances[:, :2, :2],
    }
