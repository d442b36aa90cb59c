"""Rate, KL(q(z|x) ‖ N(0, I)), in nats per image, for each latent dimension."""

import torch
from torch import Tensor

from explorer.models.posterior import Point, Posterior


def rate_per_dimension(posterior: Posterior) -> Tensor:
    """[B, D] nats: ½(mu² + sigma² − log sigma² − 1) (Kingma and Welling, ICLR 2014, appendix B).

    A point's rate counts as 0: an AE does not pay for its codes.
    """
    if isinstance(posterior, Point):
        return torch.zeros_like(posterior.mu)
    mu, logvar = posterior.mu, posterior.logvar
    return 0.5 * (mu.square() + logvar.exp() - logvar - 1)
