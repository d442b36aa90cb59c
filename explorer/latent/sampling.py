"""Codes drawn at random."""

import numpy as np


def from_prior(latent_dim: int, rng: np.random.Generator) -> np.ndarray:
    """z ~ N(0, I), [D]"""
    return rng.standard_normal(latent_dim)


def from_fitted_gaussian(mu: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """z [D] ~ the Gaussian fitted to codes mu [n, D]: the nearest thing to a prior that an AE has."""
    return rng.multivariate_normal(mu.mean(0), np.atleast_2d(np.cov(mu, rowvar=False, bias=True)))
