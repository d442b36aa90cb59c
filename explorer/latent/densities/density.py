"""A density on codes: what one samples z from."""

from typing import Protocol

import numpy as np
from numpy.random import Generator

from explorer.errors import UserError


class Density(Protocol):
    """A density that codes are sampled from. name: as in explorer.registry.DENSITIES."""

    @property
    def name(self) -> str: ...

    def sample(self, n: int, rng: Generator, temperature: float = 1.0) -> np.ndarray:
        """Return n samples, float64 [n, D]. The temperature multiplies standard deviations. Raises UserError
        for a temperature that is negative or not finite.
        """
        ...

    def log_density(self, z: np.ndarray) -> np.ndarray:
        """Return log p(z) [n] in nats, of z [n, D]. Where the codes span a subspace only, p is the density of
        the projection on it.
        """
        ...


def check_temperature(temperature: float) -> None:
    """Raise UserError for a temperature that is negative or not finite."""
    if not 0 <= temperature < np.inf:
        raise UserError(
            f"The temperature must be a finite number and not negative, but it is {temperature:g}: choose 1."
        )


def standard_normal_log_density(squared_norm: np.ndarray, dim: int) -> np.ndarray:
    """Return log N(x; 0, I) in nats, of x in dim dimensions with these squared norms."""
    return -(squared_norm + dim * np.log(2 * np.pi)) / 2
