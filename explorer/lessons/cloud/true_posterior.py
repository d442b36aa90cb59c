"""Compute the true posterior p(z|x) of a VAE with a 2-D latent space by quadrature, and compare the encoder's
q(z|x) with it.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import softplus

from explorer.latent.quadrature import Grid
from explorer.runs.load import LoadedRun

COARSE_GRID = Grid(6.6, 110)
# Points in a cell, 0.03 apart.
CELL_OFFSETS = (np.stack(np.meshgrid(range(4), range(4)), -1).reshape(-1, 1, 2) - 1.5) * COARSE_GRID.step / 4
# nats below an image's highest cell, from where a cell counts; a peak of standard deviation 0.02 is at most 9
# above its cell
MAX_LOG_DROP = 40.0
BATCH_SIZE = 16_384


@dataclass(frozen=True)
class TruePosterior:
    """The true posteriors of n images: mean [n, 2], and sigma [n, 2], the standard deviation along each
    dimension. p(z|x) itself need not be Gaussian.
    """

    mean: np.ndarray
    sigma: np.ndarray


@torch.inference_mode()
def true_posteriors(loaded: LoadedRun, images: np.ndarray) -> TruePosterior:
    """Compute the mean and the standard deviations of p(z|x) for each image. images float [n, C, H, W] in [0,
    1], a few dozen; the run has a Bernoulli likelihood and a 2-D latent space.

    The cells of a coarse grid that have mass for any image are divided; each is decoded once for all images.
    """
    x, mean, sigma = torch.from_numpy(images).float().flatten(1).T, [], []
    coarse = _log_joint(loaded, COARSE_GRID.points, x)
    z = (COARSE_GRID.points[(coarse > coarse.max(0) - MAX_LOG_DROP).any(1)] + CELL_OFFSETS).reshape(-1, 2)
    for column in _log_joint(loaded, z, x).T:
        weights = np.exp(column.astype(np.float64) - column.max())
        weights /= weights.sum()
        mean.append(weights @ z)
        sigma.append(np.sqrt(weights @ z**2 - mean[-1] ** 2))
    return TruePosterior(np.stack(mean), np.stack(sigma))


def _log_joint(loaded: LoadedRun, z: np.ndarray, x: torch.Tensor) -> np.ndarray:
    """Return log p(x|z) p(z) [m, n], less a constant, for z [m, 2] and x [pixels, n]: log p(x|z) = x·logits −
    Σ log(1 + exp(logits)).
    """
    log_joints = []
    for batch in torch.from_numpy(z).float().split(BATCH_SIZE):
        logits = loaded.model.decode(batch).flatten(1)
        log_joints.append(
            logits @ x - softplus(logits).sum(1, keepdim=True) - batch.square().sum(1, keepdim=True) / 2
        )
    return torch.cat(log_joints).numpy()


def mean_distance(true: TruePosterior, mu: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Return the distance [n] of the true posterior's mean from mu, in sigma; mu, sigma [n, 2] of q(z|x)."""
    return np.sqrt((((true.mean - mu) / sigma) ** 2).sum(1))
