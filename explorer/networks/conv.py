"""Strided convolutions, each halving the image and doubling the channels; transposed ones back."""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d, pixel_shuffle

from explorer.errors import UserError
from explorer.networks.pair import Pair, Shape

KERNEL = {"kernel_size": 4, "stride": 2, "padding": 1}  # halves, or doubles, an even side exactly


def conv(shape: Shape, n_out: int, latent_dim: int, width: int, depth: int) -> Pair:
    """Raises UserError if the image cannot be halved that often."""
    channels, height, side = shape
    if height % 2**depth or side % 2**depth:
        raise UserError(
            f"A conv network of depth {depth} halves the image {depth} times, but {side}×{height} pixels"
            " cannot be halved so often. Choose a smaller depth."
        )
    sizes = [channels, *(width << i for i in range(depth))]
    small = (sizes[-1], height >> depth, side >> depth)
    n_features = small[0] * small[1] * small[2]
    down = [layer for a, b in pairwise(sizes) for layer in (nn.Conv2d(a, b, **KERNEL), nn.ReLU())]
    up = [
        layer for a, b in pairwise(sizes[:0:-1]) for layer in (nn.ConvTranspose2d(a, b, **KERNEL), nn.ReLU())
    ]
    return (
        nn.Sequential(*down, nn.Flatten(), nn.Linear(n_features, n_out)),
        nn.Sequential(
            nn.Linear(latent_dim, n_features),
            nn.ReLU(),
            nn.Unflatten(1, small),
            *up,
            ToPixels(width, channels, **KERNEL),
        ),
    )


class ToPixels(nn.ConvTranspose2d):
    """A transposed convolution of KERNEL to an image's few channels.

    A CPU's library computes sixteen channels at a time, however few there are. So each square of four pixels
    is made as four times the channels, by kernels of 2×2, and then spread out (sub-pixel convolution, Shi et
    al., CVPR 2016): the same sums, in a third to a half of the time.
    """

    def forward(self, x: Tensor) -> Tensor:
        if x.device.type != "cpu":
            return super().forward(x)
        # [in, out, row, column, 2, 2]
        by_pixel = self.weight.unflatten(2, (2, 2)).unflatten(4, (2, 2)).permute(0, 1, 3, 5, 2, 4)
        return (
            pixel_shuffle(conv_transpose2d(x, by_pixel.flatten(1, 3)), 2)[..., 1:-1, 1:-1]
            + self.bias[:, None, None]
        )
