"""The output of an encoder for an image: a point, a Gaussian, or entries of a codebook."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Point:
    """An AE's code: mu [B, D], without any spread."""

    mu: Tensor
    logvar: None = None

    def sample(self, eps: Tensor) -> Tensor:
        return self.mu


@dataclass(frozen=True)
class Gaussian:
    """N(mu, diag(exp(logvar))): mu, logvar [B, D]; logvar is the log of the variance."""

    mu: Tensor
    logvar: Tensor

    def sample(self, eps: Tensor) -> Tensor:
        """Return mu + sigma·eps; gradients pass through it to mu and sigma (Kingma and Welling, ICLR 2014,
        §2.4).
        """
        return self.mu + torch.exp(0.5 * self.logvar) * eps


@dataclass(frozen=True)
class Codes:
    """A VQ-VAE's code. encoded [B, D]: the encoder output, in G groups; index int64 [B, G]: the codebook
    entry (of n_codes) that is nearest to each group; mu [B, D]: these entries.
    """

    encoded: Tensor
    mu: Tensor
    index: Tensor
    n_codes: int
    logvar: None = None

    def sample(self, eps: Tensor) -> Tensor:
        """Return mu, and copy its gradient to encoded (straight-through estimator; van den Oord et al., 2017,
        §3.2).
        """
        return self.encoded + (self.mu - self.encoded).detach()


Posterior = Point | Gaussian | Codes
