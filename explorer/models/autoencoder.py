"""An encoder and a decoder. Models differ only in the posterior that the output of the encoder describes."""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.models.posterior import Posterior
from explorer.networks.pair import ImageShape
from explorer.specs import RunSpec

MAX_WEIGHTS = 100_000_000


class Autoencoder(nn.Module, ABC):
    n_statistics: ClassVar[int]  # numbers in the output of the encoder for each latent dimension

    def __init__(self, encoder: nn.Module, decoder: nn.Module, spec: RunSpec):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.kind = spec.model_kind
        for name in spec.likelihood_kind.learned:
            self.register_buffer(name, torch.zeros(1))

    def encode(self, x: Tensor) -> Posterior:
        """Return the posterior of each image. x [B, C, H, W] in [0, 1]."""
        return self.posterior(self.encoder(x).float())

    def decode(self, z: Tensor) -> Tensor:
        """Return x_logits [B, C, H, W], the parameters of the likelihood. z [B, D]."""
        return self.decoder(z).float()

    @abstractmethod
    def posterior(self, statistics: Tensor) -> Posterior:
        """Return the posterior that the output of the encoder, statistics [B, n_statistics·D], describes."""


def build_autoencoder(spec: RunSpec, shape: ImageShape) -> Autoencoder:
    """Return an untrained model for images of that shape. Raises UserError if the network cannot process
    them, or has more than MAX_WEIGHTS weights.
    """
    model, network = spec.model_kind.builder, spec.network_kind.builder
    sizes = shape, model.n_statistics * spec.latent_dim, spec.latent_dim, spec.width, spec.depth
    with torch.device("meta"):  # creates shapes without memory
        n_weights = sum(p.numel() for net in network(*sizes) for p in net.parameters())
    if n_weights > MAX_WEIGHTS:
        raise UserError(
            f"This {spec.network} network would have {n_weights:,} weights, and the limit is {MAX_WEIGHTS:,}."
            " Choose a smaller width or depth."
        )
    return model(*network(*sizes), spec)
