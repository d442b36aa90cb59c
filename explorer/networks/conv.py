"""Strided convolutions, each halving the image and doubling the channels; transposed ones back."""

from itertools import pairwise

from torch import nn

from explorer.errors import UserError
from explorer.networks.pair import Pair, Shape

KERNEL = {"kernel_size": 4, "stride": 2, "padding": 1}  # halves, or doubles, an even side exactly


def conv(shape: Shape, n_out: int, latent_dim: int, width: int, depth: int) -> Pair:
    """Raises UserError if the image cannot be halved that often."""
    channels, height, side = shape
    if height % 2**depth or side % 2**depth:
        raise UserError(f"A conv network of depth {depth} halves the image {depth} times, which {side}×{height} px does not allow. "
                        "Choose a smaller depth.")
    sizes = [channels, *(width << i for i in range(depth))]
    small = (sizes[-1], height >> depth, side >> depth)
    n_features = small[0] * small[1] * small[2]
    down = [layer for a, b in pairwise(sizes) for layer in (nn.Conv2d(a, b, **KERNEL), nn.ReLU())]
    up = [layer for a, b in pairwise(sizes[::-1]) for layer in (nn.ConvTranspose2d(a, b, **KERNEL), nn.ReLU())]
    return (
        nn.Sequential(*down, nn.Flatten(), nn.Linear(n_features, n_out)),
        nn.Sequential(nn.Linear(latent_dim, n_features), nn.ReLU(), nn.Unflatten(1, small), *up[:-1]),
    )
