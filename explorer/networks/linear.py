"""One linear layer as the encoder and one as the decoder. With a Gaussian likelihood, the optimum of this VAE
is probabilistic PCA.
"""

import math

from torch import nn

from explorer.networks.pair import EncoderDecoder, ImageShape


def linear(shape: ImageShape, n_out: int, latent_dim: int, width: int, depth: int) -> EncoderDecoder:
    """Return the two layers. width and depth have no effect."""
    n_pixels = math.prod(shape)
    return (
        nn.Sequential(nn.Flatten(), nn.Linear(n_pixels, n_out)),
        nn.Sequential(nn.Linear(latent_dim, n_pixels), nn.Unflatten(1, shape)),
    )
