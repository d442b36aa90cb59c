"""Sample codes from the Gaussian of a map, or from a codebook; explorer.latent.densities has the others."""

import numpy as np
from numpy.random import Generator

from explorer.latent.densities.density import check_temperature
from explorer.latent.scale import ReferenceGaussian, symmetric_square_root


def sample_gaussian(reference: ReferenceGaussian, n: int, temperature: float, rng: Generator) -> np.ndarray:
    """Return samples [n, D] from N(mean, temperature²·covariance): of the prior, or of the Gaussian fitted to
    an AE's codes.

    Raises UserError for a temperature that is negative or not finite.
    """
    check_temperature(temperature)
    return reference.mean + temperature * rng.standard_normal(
        (n, reference.mean.size)
    ) @ symmetric_square_root(reference.covariance)


def sample_codebook(codebook: np.ndarray, n_groups: int, n: int, rng: Generator) -> np.ndarray:
    """Return codes [n, n_groups·d] of entries of a codebook [K, d]: every entry is equally likely at every
    place, the prior under which a VQ-VAE's rate is constant.
    """
    return codebook[rng.integers(len(codebook), size=(n, n_groups))].reshape(n, -1).astype(np.float64)
