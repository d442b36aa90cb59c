"""Recurrent networks (GRU; Cho et al., 2014): the encoder reads the rows of an image from top to bottom, and
the decoder writes them.
"""

from torch import Tensor, nn

from explorer.networks.pair import EncoderDecoder, ImageShape


def gru(shape: ImageShape, n_out: int, latent_dim: int, width: int, depth: int) -> EncoderDecoder:
    """Return an encoder and a decoder of depth recurrent layers with width units each."""
    return RowEncoder(shape, n_out, width, depth), RowDecoder(shape, latent_dim, width, depth)


class RowEncoder(nn.Module):
    def __init__(self, shape: ImageShape, n_out: int, width: int, depth: int):
        super().__init__()
        self.rows = nn.GRU(shape[0] * shape[2], width, depth, batch_first=True)
        self.out = nn.Linear(width, n_out)

    def forward(self, x: Tensor) -> Tensor:
        rows = x.transpose(1, 2).flatten(2)  # [B, H, C·W]
        _, state = self.rows(rows)
        return self.out(state[-1])


class RowDecoder(nn.Module):
    """Each row is computed from z and from the state after the rows above it."""

    def __init__(self, shape: ImageShape, latent_dim: int, width: int, depth: int):
        super().__init__()
        self.shape, self.depth = shape, depth
        self.start = nn.Linear(latent_dim, depth * width)
        self.rows = nn.GRU(latent_dim, width, depth, batch_first=True)
        self.out = nn.Linear(width, shape[0] * shape[2])

    def forward(self, z: Tensor) -> Tensor:
        channels, height, width = self.shape
        state = self.start(z).tanh().unflatten(1, (self.depth, -1)).transpose(0, 1).contiguous()
        rows, _ = self.rows(z[:, None].expand(-1, height, -1), state)
        return self.out(rows).unflatten(2, (channels, width)).transpose(1, 2)
