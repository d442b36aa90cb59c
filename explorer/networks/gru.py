"""Recurrent: the image's rows are read, and written, as a sequence from top to bottom (Cho et al., 2014)."""

from torch import Tensor, nn

from explorer.networks.pair import Pair, Shape


def gru(shape: Shape, n_out: int, latent_dim: int, width: int, depth: int) -> Pair:
    return RowEncoder(shape, n_out, width, depth), RowDecoder(shape, latent_dim, width, depth)


class RowEncoder(nn.Module):
    def __init__(self, shape: Shape, n_out: int, width: int, depth: int):
        super().__init__()
        self.rows = nn.GRU(shape[0] * shape[2], width, depth, batch_first=True)
        self.out = nn.Linear(width, n_out)

    def forward(self, x: Tensor) -> Tensor:
        rows = x.transpose(1, 2).flatten(2)  # [B, H, C·W]
        _, state = self.rows(rows)
        return self.out(state[-1])


class RowDecoder(nn.Module):
    """Every row sees z itself and the state that the rows above it left."""

    def __init__(self, shape: Shape, latent_dim: int, width: int, depth: int):
        super().__init__()
        self.shape, self.depth = shape, depth
        self.start = nn.Linear(latent_dim, depth * width)
        self.rows = nn.GRU(latent_dim, width, depth, batch_first=True)
        self.out = nn.Linear(width, shape[0] * shape[2])

    def forward(self, z: Tensor) -> Tensor:
        channels, height, side = self.shape
        state = self.start(z).tanh().unflatten(1, (self.depth, -1)).transpose(0, 1).contiguous()
        rows, _ = self.rows(z[:, None].expand(-1, height, -1), state)
        return self.out(rows).unflatten(2, (channels, side)).transpose(1, 2)
