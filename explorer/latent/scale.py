"""Positions in standard deviations: of the prior, or for an AE, which has no prior, of the Gaussian fitted to
its codes.
"""

from dataclasses import dataclass

import numpy as np

from explorer.latent.projection import Projection


@dataclass(frozen=True)
class ReferenceGaussian:
    """The Gaussian N(mean, covariance) of the codes. On a map it is N(position of the mean, unit unitᵀ), unit
    [2, 2] symmetric.
    """

    projection: Projection
    mean: np.ndarray  # [D]
    covariance: np.ndarray  # [D, D]
    unit: np.ndarray

    def to_standard(self, z: np.ndarray) -> np.ndarray:
        """Return the map position of z [D] in standard deviations, [2]."""
        return np.linalg.pinv(self.unit) @ (
            self.projection.place(np.asarray(z)) - self.projection.place(self.mean)
        )

    def moved(self, z: np.ndarray, w: np.ndarray) -> np.ndarray:
        """Move z [D] parallel to the map, to w [2] standard deviations from the mean."""
        return self.projection.moved(z, self.projection.place(self.mean) + self.unit @ w)


def reference_gaussian(mu: np.ndarray, projection: Projection, has_prior: bool) -> ReferenceGaussian:
    """Return the reference Gaussian of codes mu [n, D]."""
    dim = mu.shape[1]
    mean = np.zeros(dim) if has_prior else mu.mean(0, dtype=np.float64)
    covariance = np.eye(dim) if has_prior else np.atleast_2d(np.cov(mu, rowvar=False, bias=True))
    return ReferenceGaussian(
        projection, mean, covariance, symmetric_square_root(projection.axes @ covariance @ projection.axes.T)
    )


def symmetric_square_root(covariance: np.ndarray) -> np.ndarray:
    """Return the symmetric A with A A = covariance, which may be singular. A has no rotation."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
