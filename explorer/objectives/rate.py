"""Rate, KL(q(z|x) ‖ p(z)), in nats per image, for each latent dimension."""

import math

import torch
from torch import Tensor

from explorer.models.posterior import Codes, Point, Posterior


def rate_per_dimension(posterior: Posterior) -> Tensor:
    """[B, D] nats: ½(mu² + sigma² − log sigma² − 1), to N(0, I) (Kingma and Welling, ICLR 2014, appendix B).

    A point's rate counts as 0: an AE does not pay for its codes. A VQ-VAE's is a constant, log n_codes for each entry, shared evenly
    by its numbers: the KL of a sure choice to a prior by which all entries are equally likely (van den Oord et al., 2017, §3.1). So
    its −(distortion + rate) is a bound on log p(x) under that prior, Σ over all codes of p(z)·p(x|z), of which it keeps one term.
    """
    if isinstance(posterior, Point):
        return torch.zeros_like(posterior.mu)
    if isinstance(posterior, Codes):
        (n, dim), n_groups = posterior.mu.shape, posterior.index.shape[1]
        return posterior.mu.new_full((n, dim), n_groups * math.log(posterior.n_codes) / dim)
    mu, logvar = posterior.mu, posterior.logvar
    return 0.5 * (mu.square() + logvar.exp() - logvar - 1)
