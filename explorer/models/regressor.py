"""A small network that reads the known factors of an image from its pixels."""

from torch import nn

from explorer.errors import UserError
from explorer.networks.conv import conv
from explorer.networks.pair import ImageShape

WIDTH, MAX_DEPTH = 16, 3
MAX_SIDE = 32  # pixels; larger images are shrunk by averaging


def build_regressor(shape: ImageShape, n_factors: int) -> nn.Sequential:
    """Return a network from images x [B, C, H, W] in [0, 1] to standardised factors [B, n_factors].

    Raises UserError if height or width is odd.
    """
    channels, height, width = shape
    shrink = 1
    while max(height, width) // shrink > MAX_SIDE and height % (4 * shrink) == width % (4 * shrink) == 0:
        shrink *= 2
    small = (channels, height // shrink, width // shrink)
    depth = next((d for d in range(MAX_DEPTH, 0, -1) if not (small[1] % 2**d or small[2] % 2**d)), None)
    if depth is None:
        raise UserError(
            f"Factors are read from images of even height and width, and these have {width}×{height} pixels."
        )
    encoder, _ = conv(small, n_factors, 1, WIDTH, depth)
    return nn.Sequential(nn.AvgPool2d(shrink), encoder)
