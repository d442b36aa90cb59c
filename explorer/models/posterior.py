"""What an encoder says of an image: a point, or a cloud."""

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


Posterior = Point | Gaussian
