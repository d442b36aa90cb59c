"""One affine map each way: with a Gaussian likelihood, a VAE whose optimum is probabilistic PCA."""

import math

from torch import nn

from explorer.networks.pair import Pair, Shape


def linear(shape: Shape, n_out: int, latent_dim: int, width: int, depth: int) -> Pair:
    n_pixels = math.prod(shape)
    return (
        nn.Sequential(nn.Flatten(), nn.Linear(n_pixels, n_out)),
        nn.Sequential(nn.Linear(latent_dim, n_pixels), nn.Unflatten(1, shape)),
    )
