"""Codes drawn at random: from a Gaussian, a codebook, or the codes of all images. The temperature multiplies
standard deviations.
"""

import numpy as np
from numpy.random import Generator

from explorer.errors import UserError
from explorer.latent.scale import ReferenceGaussian, symmetric_square_root


def sample_gaussian(reference: ReferenceGaussian, n: int, temperature: float, rng: Generator) -> np.ndarray:
    """Return samples [n, D] from N(mean, temperature²·covariance): of the prior, or of the Gaussian fitted to
    an AE's codes.

    Raises UserError for a temperature that is negative or not finite.
    """
    _check(temperature)
    return reference.mean + temperature * rng.standard_normal(
        (n, reference.mean.size)
    ) @ symmetric_square_root(reference.covariance)


def sample_codebook(codebook: np.ndarray, n_groups: int, n: int, rng: Generator) -> np.ndarray:
    """Return codes [n, n_groups·d] of entries of a codebook [K, d]: every entry is equally likely at every
    place, the prior under which a VQ-VAE's rate is constant.
    """
    return codebook[rng.integers(len(codebook), size=(n, n_groups))].reshape(n, -1).astype(np.float64)


def sample_aggregate(
    mu: np.ndarray, logvar: np.ndarray | None, n: int, temperature: float, rng: Generator
) -> np.ndarray:
    """Return codes [n, D]: each time an image at random, then a draw from its posterior; an AE's are codes
    themselves. mu, logvar [N, D].

    At temperature 1 this is the aggregate posterior (Makhzani et al., 2016, §2). Raises UserError for a
    temperature below 0 or without end, or if there is no image.
    """
    _check(temperature)
    if not len(mu):
        raise UserError("There are no codes to sample from: choose a run with test images.")
    rows = rng.integers(len(mu), size=n)
    codes = mu[rows].astype(np.float64)
    return (
        codes
        if logvar is None
        else codes + temperature * np.exp(logvar[rows] / 2) * rng.standard_normal(codes.shape)
    )


def _check(temperature: float) -> None:
    if not 0 <= temperature < np.inf:
        raise UserError(
            f"The temperature must be a finite number and not negative, but it is {temperature:g}: choose 1."
        )
