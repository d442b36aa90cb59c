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
        """mu + sigma·eps, through which gradients pass (Kingma and Welling, ICLR 2014, §2.4)."""
        return self.mu + torch.exp(0.5 * self.logvar) * eps


@dataclass(frozen=True)
class Codes:
    """A VQ-VAE's code: index int64 [B, G], the entries of the codebook (of n_codes) that lie nearest to encoded [B, D], the encoder's
    own numbers in G groups; mu [B, D] is those entries.
    """

    encoded: Tensor
    mu: Tensor
    index: Tensor
    n_codes: int
    logvar: None = None

    def sample(self, eps: Tensor) -> Tensor:
        """mu; its gradient goes straight through to encoded, as if nothing lay between (van den Oord et al., 2017, §3.2)."""
        return self.encoded + (self.mu - self.encoded).detach()


Posterior = Point | Gaussian | Codes
