"""Positions in standard deviations: of the prior, or for an AE, which has no prior, of the Gaussian fitted to
its codes.
"""

from dataclasses import dataclass

import numpy as np

from explorer.latent.projection import Projection


@dataclass(frozen=True)
class ReferenceGaussian:
    """The Gaussian N(mean, covariance), and its projection on a map, N(·, map_root map_rootᵀ)."""

    projection: Projection
    mean: np.ndarray  # [D]
    covariance: np.ndarray  # [D, D]
    map_root: np.ndarray  # [2, 2], symmetric

    def to_standard(self, z: np.ndarray) -> np.ndarray:
        """Return where z [D] lies on the map, in standard deviations from the mean, [2]."""
        return np.linalg.pinv(self.map_root) @ (
            self.projection.project(np.asarray(z)) - self.projection.project(self.mean)
        )

    def shift_to(self, z: np.ndarray, w: np.ndarray) -> np.ndarray:
        """Return z [D] shifted parallel to the map, to w [2] standard deviations from the mean."""
        return self.projection.shift_to(z, self.projection.project(self.mean) + self.map_root @ w)


def reference_gaussian(mu: np.ndarray, projection: Projection, has_prior: bool) -> ReferenceGaussian:
    """Return the prior N(0, I), or without one the Gaussian fitted to the codes mu [n, D]."""
    dim = mu.shape[1]
    mean = np.zeros(dim) if has_prior else mu.mean(0, dtype=np.float64)
    covariance = np.eye(dim) if has_prior else np.atleast_2d(np.cov(mu, rowvar=False, bias=True))
    return ReferenceGaussian(
        projection, mean, covariance, symmetric_square_root(projection.axes @ covariance @ projection.axes.T)
    )


def symmetric_square_root(covariance: np.ndarray) -> np.ndarray:
    """Return the symmetric A with A A = covariance, which may be singular. A turns nothing."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
