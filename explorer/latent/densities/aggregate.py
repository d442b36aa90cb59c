"""The aggregate posterior as a density: the mean of the posteriors of images (Makhzani et al., 2016, §2)."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from explorer.errors import UserError
from explorer.latent.densities.density import check_temperature

CHUNK_VALUES = 2**22  # numbers of a table of samples and images


@dataclass(frozen=True)
class AggregatePosterior:
    """The mean over images of N(mu, diag exp(logvar)); mu, logvar [N, D]. Without logvar, the codes of an AE:
    each sample is one of them, and they have no density. is_distinct: whether samples that are drawn together
    are of different images.
    """

    mu: np.ndarray
    logvar: np.ndarray | None
    name: str = "aggregate"
    is_distinct: bool = False

    def sample(self, n: int, rng: Generator, temperature: float = 1.0) -> np.ndarray:
        """Return samples [n, D]: each time an image at random, then a sample of its posterior. Raises
        UserError if there is no image, or fewer than n distinct ones.
        """
        check_temperature(temperature)
        if len(self.mu) < (n if self.is_distinct else 1):
            raise UserError("There are too few codes to sample from: choose a run with more test images.")
        rows = rng.permutation(len(self.mu))[:n] if self.is_distinct else rng.integers(len(self.mu), size=n)
        codes = self.mu[rows].astype(np.float64)
        if self.logvar is None:
            return codes
        sd = np.exp(self.logvar[rows].astype(np.float64) / 2)
        return codes + temperature * sd * rng.standard_normal(codes.shape)

    def log_density(self, z: np.ndarray) -> np.ndarray:
        """Return log q(z) [n] in nats, of z [n, D]. Raises UserError for the codes of an AE."""
        from scipy.special import logsumexp

        if self.logvar is None:
            raise UserError("The codes of an AE are points and have no density. Choose another density.")
        mu, logvar = self.mu.astype(np.float64), self.logvar.astype(np.float64)
        precision = np.exp(-logvar)
        constant = -(logvar.sum(1) + mu.shape[1] * np.log(2 * np.pi) + (mu**2 * precision).sum(1)) / 2
        step, logs = max(1, CHUNK_VALUES // len(mu)), []
        for first in range(0, len(z), step):
            part = z[first : first + step].astype(np.float64)
            exponents = constant + part @ (mu * precision).T - part**2 @ precision.T / 2
            logs.append(logsumexp(exponents, axis=1) - np.log(len(mu)))
        return np.concatenate(logs) if logs else np.empty(0)
