"""The evidence log p(x) of an image under a model of two latent numbers, by quadrature over a grid."""

import numpy as np
import torch
from torch import Tensor

from explorer.latent.quadrature import Grid
from explorer.runs.load import LoadedRun

BATCH_SIZE = 8192  # points decoded at a time


@torch.inference_mode()
def decode_grid(loaded: LoadedRun, grid: Grid) -> Tensor:
    """Return x_logits [n², C, H, W] at the middle of each cell of the grid; they are the same for all
    images.
    """
    return torch.cat(
        [loaded.model.decode(z) for z in torch.from_numpy(grid.points).float().split(BATCH_SIZE)]
    )


@torch.inference_mode()
def grid_log_likelihood(loaded: LoadedRun, x_logits: Tensor, x: np.ndarray) -> np.ndarray:
    """Return log p(x|z) over the grid, float64 [n, n] in nats, of an image x uint8 [C, H, W]; x_logits
    [n², C, H, W] from decode_grid().
    """
    image = (torch.from_numpy(x.copy()).float() / 255)[None]
    distortions = [
        loaded.likelihood.distortion(batch, image.expand_as(batch)) for batch in x_logits.split(BATCH_SIZE)
    ]
    n = round(len(x_logits) ** 0.5)
    return -torch.cat(distortions).double().numpy().reshape(n, n)


def log_evidence(log_likelihood: np.ndarray, grid: Grid) -> float:
    """Return log p(x) = log ∫ p(x|z) p(z) dz, in nats; log_likelihood [n, n] from grid_log_likelihood()."""
    prior = grid.log_normal(0, 1)
    return grid.log_integral(log_likelihood + prior[:, None] + prior)
