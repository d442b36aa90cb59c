"""Fully connected layers."""

import math
from itertools import pairwise

from torch import nn

from explorer.networks.pair import EncoderDecoder, ImageShape


def mlp(shape: ImageShape, n_out: int, latent_dim: int, width: int, depth: int) -> EncoderDecoder:
    """Return an encoder and a decoder of depth hidden layers each. The first hidden layer of the encoder has
    `width` units, each of the following half as many; the decoder mirrors it.
    """
    n_pixels = math.prod(shape)
    hidden = [max(width >> i, 1) for i in range(depth)]
    return (
        nn.Sequential(nn.Flatten(), *_dense_layers([n_pixels, *hidden, n_out])),
        nn.Sequential(*_dense_layers([latent_dim, *hidden[::-1], n_pixels]), nn.Unflatten(1, shape)),
    )


def _dense_layers(sizes: list[int]) -> list[nn.Module]:
    layers: list[nn.Module] = [layer for a, b in pairwise(sizes) for layer in (nn.Linear(a, b), nn.ReLU())]
    return layers[:-1]
