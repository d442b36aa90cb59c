"""Rate, KL(q(z|x) ‖ p(z)), in nats per image, for each latent dimension."""

import math

import torch
from torch import Tensor

from explorer.models.posterior import Codes, Point, Posterior


def rate_per_dimension(posterior: Posterior) -> Tensor:
    """The KL divergence from N(0, I), [B, D] in nats: ½(mu² + sigma² − log sigma² − 1) (Kingma and Welling,
    ICLR 2014, appendix B).

    The rate of a point is set to 0: the loss of an AE has no KL term. The rate of a VQ-VAE is constant, log
    n_codes for each entry, divided evenly among the entry's numbers: it is the KL divergence of a
    deterministic choice from a uniform prior over the entries (van den Oord et al., 2017, §3.1). So its
    −(distortion + rate) is a bound on log p(x) under that prior, Σ over all codes of p(z)·p(x|z); the bound
    keeps one of these terms.
    """
    if isinstance(posterior, Point):
        return torch.zeros_like(posterior.mu)
    if isinstance(posterior, Codes):
        (n, dim), n_groups = posterior.mu.shape, posterior.index.shape[1]
        return posterior.mu.new_full((n, dim), n_groups * math.log(posterior.n_codes) / dim)
    mu, logvar = posterior.mu, posterior.logvar
    return 0.5 * (mu.square() + logvar.exp() - logvar - 1)
