"""The encoder of an own model: what it takes and returns."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.errors import UserError
from explorer.own_models.call import Call
from explorer.own_models.inputs import MAX_DIMENSIONS, to_layout

CONVERTED = 10_000  # images that are in memory as float32 at a time


@dataclass(frozen=True)
class Encoder:
    """What was given as encode, of images with the axes of a layout."""

    function: Callable
    layout: str

    @cached_property
    def call(self) -> Call:
        return Call(self.function, "encode")

    def posterior(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Return mu and logvar of images [n, C, H, W], uint8 or float in [0, 1]."""
        parts = [self._posterior(x[first : first + CONVERTED]) for first in range(0, len(x), CONVERTED)]
        if len(parts) == 1:
            return parts[0]
        mus, logvars = zip(*parts)
        return np.concatenate(mus), None if logvars[0] is None else np.concatenate(logvars)

    def _posterior(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        pixels = x.astype(np.float32) / 255 if x.dtype == np.uint8 else x
        return _mu_and_logvar(self.call(np.ascontiguousarray(to_layout(pixels, self.layout))))

    def has_logvar(self, x: np.ndarray, latent_dim: int) -> bool:
        return halves(*self.posterior(x), latent_dim)[1] is not None

    def statistics(self, x: np.ndarray, latent_dim: int, has_logvar: bool) -> np.ndarray:
        """Return mu, or mu and logvar beside each other."""
        mu, logvar = halves(*self.posterior(x), latent_dim)
        return np.concatenate([mu, logvar], 1) if has_logvar and logvar is not None else mu


def _mu_and_logvar(parts: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray | None]:
    """Return mu and logvar [n, D] of what encode returned."""
    shapes = " and ".join(str(list(part.shape)) for part in parts)
    if len(parts) not in (1, 2) or any(part.ndim != 2 or part.shape != parts[0].shape for part in parts):
        raise UserError(
            f"encode returned arrays of the shapes {shapes}, but it must return codes [n, D], or a pair of mu"
            " and log σ²."
        )
    if parts[0].shape[1] > 2 * MAX_DIMENSIONS:
        raise UserError(
            f"encode returned codes of {parts[0].shape[1]:,} numbers, and the limit is {MAX_DIMENSIONS}."
        )
    return parts[0], parts[1] if len(parts) == 2 else None


def halves(
    mu: np.ndarray, logvar: np.ndarray | None, latent_dim: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return mu and logvar, also where they stand beside each other in mu."""
    if logvar is None and mu.shape[1] == 2 * latent_dim:
        return mu[:, :latent_dim], mu[:, latent_dim:]
    return mu, logvar
