"""Strided convolutions in the encoder, each of which halves the image and doubles the channels; transposed
convolutions in the decoder.
"""

import math
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d, pixel_shuffle

from explorer.errors import UserError
from explorer.networks.pair import EncoderDecoder, ImageShape

# Such a layer halves or doubles an even height or width exactly.
CONV_OPTIONS: dict[str, Any] = {
    "kernel_size": 4,
    "stride": 2,
    "padding": 1,
}


def conv(shape: ImageShape, n_out: int, latent_dim: int, width: int, depth: int) -> EncoderDecoder:
    """Return an encoder with depth convolutions, the first one with width channels, and its mirror image as
    the decoder. Raises UserError unless height and width are multiples of 2**depth.
    """
    channels, n_rows, n_columns = shape
    if n_rows % 2**depth or n_columns % 2**depth:
        raise UserError(
            f"A conv network of depth {depth} halves the image {depth} times, but {n_columns}×{n_rows} pixels"
            " cannot be halved so often. Choose a smaller depth, or for vectors an mlp network."
        )
    n_channels = [channels, *(width << i for i in range(depth))]
    features = (n_channels[-1], n_rows >> depth, n_columns >> depth)
    n_features = math.prod(features)
    down = [layer for a, b in pairwise(n_channels) for layer in (nn.Conv2d(a, b, **CONV_OPTIONS), nn.ReLU())]
    up = [
        layer
        for a, b in pairwise(n_channels[:0:-1])
        for layer in (nn.ConvTranspose2d(a, b, **CONV_OPTIONS), nn.ReLU())
    ]
    return (
        nn.Sequential(*down, nn.Flatten(), nn.Linear(n_features, n_out)),
        nn.Sequential(
            nn.Linear(latent_dim, n_features),
            nn.ReLU(),
            nn.Unflatten(1, features),
            *up,
            OutputConvTranspose2d(width, channels, **CONV_OPTIONS),
        ),
    )


class OutputConvTranspose2d(nn.ConvTranspose2d):
    """A transposed convolution with KERNEL to the few channels of an image.

    On a CPU, the library computes sixteen channels at a time, however few there are. Therefore the four
    pixels of each 2×2 square are computed as separate channels, by 2×2 kernels, and then rearranged
    (sub-pixel convolution, Shi et al., CVPR 2016). The sums are the same, in a third to a half of the time.
    """

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        if input.device.type != "cpu" or output_size is not None or torch.compiler.is_exporting():
            return super().forward(input, output_size)
        assert self.bias is not None  # CONV_OPTIONS keeps it
        # [in, out, row, column, 2, 2]
        by_pixel = self.weight.unflatten(2, (2, 2)).unflatten(4, (2, 2)).permute(0, 1, 3, 5, 2, 4)
        return (
            pixel_shuffle(conv_transpose2d(input, by_pixel.flatten(1, 3)), 2)[..., 1:-1, 1:-1]
            + self.bias[:, None, None]
        )
