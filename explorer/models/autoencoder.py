"""An encoder and a decoder. Models differ only in the posterior that the output of the encoder describes."""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.models.posterior import Posterior
from explorer.networks.pair import EncoderDecoder, ImageShape
from explorer.specs import RunSpec

MAX_WEIGHTS = 100_000_000


class Autoencoder(nn.Module, ABC):
    n_statistics: ClassVar[int]  # numbers in the output of the encoder for each latent dimension

    def __init__(self, encoder: nn.Module, decoder: nn.Module, spec: RunSpec, n_classes: int = 0):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.kind = spec.model_kind
        self.n_classes = n_classes
        for name in spec.likelihood_kind.learned:
            self.register_buffer(name, torch.zeros(1))

    @classmethod
    def build_networks(cls, spec: RunSpec, shape: ImageShape, n_classes: int) -> EncoderDecoder:
        """Return an untrained encoder and decoder. n_classes: of the images. Raises UserError if the network
        cannot process them.
        """
        return cls._build_pair(spec, shape, spec.latent_dim)

    @classmethod
    def _build_pair(cls, spec: RunSpec, shape: ImageShape, n_inputs: int) -> EncoderDecoder:
        """Return an encoder of images of that shape, and a decoder of n_inputs numbers."""
        n_out = cls.n_statistics * spec.latent_dim
        return spec.network_kind.builder(shape, n_out, n_inputs, spec.width, spec.depth)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """Return the posterior of each image. x [B, C, H, W] in [0, 1]; y int64 [B], the classes, which only
        a conditional model uses.
        """
        return self.posterior(self.encoder(x).float())

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Return x_logits [B, C, H, W], the parameters of the likelihood. z [B, D]; y as in encode()."""
        return self.decoder(z).float()

    @abstractmethod
    def posterior(self, statistics: Tensor) -> Posterior:
        """Return the posterior that the output of the encoder, statistics [B, n_statistics·D], describes."""


def build_autoencoder(
    spec: RunSpec, shape: ImageShape, n_classes: int = 0, networks: EncoderDecoder | None = None
) -> Autoencoder:
    """Return an untrained model for images of that shape, of n_classes classes, or one of these networks.
    Raises UserError if the network cannot process them, or has more than MAX_WEIGHTS weights.
    """
    model = spec.model_kind.builder
    if networks:
        return model(*networks, spec, n_classes)
    with torch.device("meta"):  # creates shapes without memory
        networks = model.build_networks(spec, shape, n_classes)
        n_weights = sum(p.numel() for net in networks for p in net.parameters())
    if n_weights > MAX_WEIGHTS:
        raise UserError(
            f"This {spec.network} network would have {n_weights:,} weights, and the limit is {MAX_WEIGHTS:,}."
            " Choose a smaller width or depth."
        )
    return model(*model.build_networks(spec, shape, n_classes), spec, n_classes)
