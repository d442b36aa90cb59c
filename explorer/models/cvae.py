"""The conditional VAE: encoder and decoder are given the class of the image, so that z has to describe only
the rest (Sohn, Lee and Yan, NeurIPS 2015).
"""

import math

import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.models.posterior import GaussianPosterior
from explorer.models.vae import VAE
from explorer.networks.pair import EncoderDecoder, ImageShape
from explorer.specs import RunSpec


class CVAE(VAE):
    """A VAE of p(x|z, y) and q(z|x, y) for the class y, with the prior p(z|y) = N(0, I) of every class.

    The class is one-hot. It follows z, and the pixels of an image where the encoder takes these as one
    vector; elsewhere it is a constant plane for each class, beside the channels.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, spec: RunSpec, n_classes: int):
        super().__init__(encoder, decoder, spec, n_classes)
        self.is_flat = spec.network_kind.is_flat

    @classmethod
    def build_networks(cls, spec: RunSpec, shape: ImageShape, n_classes: int) -> EncoderDecoder:
        if n_classes < 2:
            raise UserError(
                "A conditional VAE needs the class of each image, and these images have none. Put the images"
                " of each class in a folder of their own, or choose another model."
            )
        channels, n_rows, n_columns = shape
        joined = (
            (1, 1, math.prod(shape) + n_classes)
            if spec.network_kind.is_flat
            else (channels + n_classes, n_rows, n_columns)
        )
        encoder, _ = cls._build_pair(spec, joined, spec.latent_dim)
        _, decoder = cls._build_pair(spec, shape, spec.latent_dim + n_classes)
        return encoder, decoder

    def encode(self, x: Tensor, y: Tensor | None = None) -> GaussianPosterior:
        classes = self._one_hot(y)
        if self.is_flat:
            joined = torch.cat([x.flatten(1), classes], 1)[:, None, None]
        else:
            joined = torch.cat([x, classes[:, :, None, None].expand(-1, -1, *x.shape[2:])], 1)
        return self.posterior(self.encoder(joined).float())

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return self.decoder(torch.cat([z, self._one_hot(y)], 1)).float()

    def _one_hot(self, y: Tensor | None) -> Tensor:
        """Return the classes [B, n_classes]. Raises ValueError without classes."""
        if y is None:
            raise ValueError("a conditional VAE needs the class of each image")
        return (y[:, None] == torch.arange(self.n_classes, device=y.device)).float()
