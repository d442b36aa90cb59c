"""The output of an encoder for an image: a point, a Gaussian, or entries of a codebook."""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from explorer.errors import UserError


@dataclass(frozen=True)
class PointPosterior:
    """An AE's code: mu [B, D], without any spread."""

    mu: Tensor
    logvar: None = None
    n_codes: ClassVar[int] = 0

    def sample(self, eps: Tensor) -> Tensor:
        return self.mu

    def constant_rate(self) -> Tensor:
        """Return 0 for each dimension, [B, D]: the loss of an AE has no KL term."""
        return torch.zeros_like(self.mu)

    def log_ratio(self, eps: Tensor) -> Tensor:
        raise UserError(
            "An AE has no posterior to sample from, so it has no bound on log p(x): choose a VAE."
        )


@dataclass(frozen=True)
class GaussianPosterior:
    """The posterior N(mu, diag(exp(logvar))). mu, logvar: [B, D]; logvar is the log of the variance."""

    mu: Tensor
    logvar: Tensor
    n_codes: ClassVar[int] = 0

    def sample(self, eps: Tensor) -> Tensor:
        """Return mu + sigma·eps; gradients pass through it to mu and sigma (Kingma and Welling, ICLR 2014,
        §2.4).
        """
        return self.mu + torch.exp(0.5 * self.logvar) * eps

    def log_ratio(self, eps: Tensor) -> Tensor:
        """Return log p(z)/q(z|x) of z = sample(eps), [B], with the prior p(z) = N(0, I)."""
        return 0.5 * (eps.square() + self.logvar - self.sample(eps).square()).sum(1)


@dataclass(frozen=True)
class CodebookPosterior:
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

    def constant_rate(self) -> Tensor:
        """Return log n_codes for each entry, divided evenly among the numbers of the entry, [B, D] in nats:
        the KL divergence of a deterministic choice from a uniform prior over the entries (van den Oord et
        al., 2017, §3.1).
        """
        (n, dim), n_groups = self.mu.shape, self.index.shape[1]
        return self.mu.new_full((n, dim), n_groups * math.log(self.n_codes) / dim)

    def log_ratio(self, eps: Tensor) -> Tensor:
        raise UserError(
            "The posterior of a VQ-VAE is deterministic, so its samples are all the same: use its elbo as the"
            " bound."
        )


Posterior = PointPosterior | GaussianPosterior | CodebookPosterior
