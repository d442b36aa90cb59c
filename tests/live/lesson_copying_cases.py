"""What explorer/live/core/blend.js should compute, by scipy and torch."""

import numpy as np
import torch
from scipy.optimize import nnls
from scipy.spatial.distance import cdist


def blend_cases() -> dict:
    """Return images with the nearest ones and blends of others, and their means weighted by posteriors."""
    rng = np.random.default_rng(0)
    images = rng.random((90, 36)).astype(np.float32) * (rng.random((90, 36)) < 0.4)
    images[7] = images[6]  # an image twice
    targets = np.concatenate([rng.random((8, 36)), images[:4], 0.5 * images[10:12] + 0.3 * images[20:22]])
    distances = cdist(targets, images)
    rows = np.argsort(distances, 1, kind="stable")[:, :30]
    blends = [nnls(images[r].T.astype(float), x) for r, x in zip(rows, targets)]
    mu, logvar = rng.standard_normal((90, 2)), rng.uniform(-3, 0, (90, 2))
    zs = rng.standard_normal((6, 2))
    return {
        "images": images.astype(np.float32),
        "targets": targets,
        "rows": rows,
        "distances": np.take_along_axis(distances, rows, 1),
        "blend_distances": np.array([distance for _, distance in blends]),
        "mu": mu,
        "logvar": logvar,
        "zs": zs,
        "means": np.stack([posterior_mean(images, mu, logvar, z) for z in zs]),
    }


def posterior_mean(images: np.ndarray, mu: np.ndarray, logvar: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the mean [pixels] of images [n, pixels], weighted by torch's densities of their posteriors."""
    posteriors = torch.distributions.Normal(torch.tensor(mu), torch.tensor(np.exp(logvar / 2)))
    return posteriors.log_prob(torch.tensor(z)).sum(1).softmax(0).numpy() @ images
