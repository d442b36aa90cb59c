"""The network of a diffusion model on codes (explorer.latent.densities.diffusion describes the model)."""

import torch
from torch import Tensor, nn

N_HIDDEN_LAYERS = 3


class Denoiser(nn.Module):
    """The velocity of x [B, R] at times t [B], from x, sines and cosines of x at position_frequencies, and
    cosines and sines of t at time_frequencies.
    """

    def __init__(
        self, dim: int, width: int, position_frequencies: tuple[int, ...], time_frequencies: tuple[int, ...]
    ):
        super().__init__()
        self.position_frequencies, self.time_frequencies = position_frequencies, time_frequencies
        n, layers = dim * (1 + 2 * len(position_frequencies)) + 2 * len(time_frequencies), []
        for _ in range(N_HIDDEN_LAYERS):
            layers += [nn.Linear(n, width), nn.SiLU()]
            n = width
        self.layers = nn.Sequential(*layers, nn.Linear(n, dim))

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        angles = t[:, None] * torch.tensor(self.time_frequencies, dtype=t.dtype)
        places = [part for f in self.position_frequencies for part in ((f * x).sin(), (f * x).cos())]
        return self.layers(torch.cat([x, *places, angles.cos(), angles.sin()], 1))

    def linear_layers(self) -> list[nn.Linear]:
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]
