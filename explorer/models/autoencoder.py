"""Encoder and decoder. Which posterior the encoder's numbers mean is all that tells one model from
another.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.models.posterior import Posterior
from explorer.networks.pair import Shape
from explorer.registry import MODELS, NETWORKS
from explorer.specs import RunSpec

MOST_WEIGHTS = 100_000_000


class Autoencoder(nn.Module, ABC):
    n_statistics: ClassVar[int]  # numbers the encoder gives for each latent dimension

    def __init__(self, encoder: nn.Module, decoder: nn.Module, spec: RunSpec):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def encode(self, x: Tensor) -> Posterior:
        """x [B, C, H, W] in [0, 1] -> the posterior of each image."""
        return self.posterior(self.encoder(x).float())

    def decode(self, z: Tensor) -> Tensor:
        """z [B, D] -> x_logits [B, C, H, W], the parameters of the likelihood."""
        return self.decoder(z).float()

    @abstractmethod
    def posterior(self, statistics: Tensor) -> Posterior:
        """statistics [B, n_statistics·D] -> the posterior they describe."""


def build(spec: RunSpec, shape: Shape) -> Autoencoder:
    """A fresh model for images of that shape. Raises UserError if the network cannot take them, or would be
    too large.
    """
    model, network = MODELS.get(spec.model), NETWORKS.get(spec.network)
    sizes = shape, model.n_statistics * spec.latent_dim, spec.latent_dim, spec.width, spec.depth
    with torch.device("meta"):  # counts weights without making them
        n = sum(p.numel() for net in network(*sizes) for p in net.parameters())
    if n > MOST_WEIGHTS:
        raise UserError(
            f"This {spec.network} network would have {n:,} weights, and the limit is {MOST_WEIGHTS:,}. "
            "Choose a smaller width or depth."
        )
    return model(*network(*sizes), spec)
