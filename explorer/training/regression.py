"""Train the network that reads the known factors of images."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.models.regressor import build_regressor
from explorer.training.small_network import train_small_network

STEPS, NOISE_SIGMA = 3000, 0.05
EVALUATION_BATCH = 500  # images


def train_regressor(
    data: Dataset, on_step: Callable[[int, int], None], seed: int = 0
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray, np.ndarray]:
    """Minimise the squared error of standardised factors on the training split. Return float16 weights, the
    mean and the standard deviation [K] of each factor in the training split, and what the network reads in
    the images of the test split, in the factors' units [n, K].

    Raises UserError if no factor is known, or a factor is constant.
    """
    if not data.factors:
        raise UserError(
            f"The images of {data.name} have no known factors. Choose faces, shapes, moons or celeba."
        )
    factors = np.stack(list(data.factors.values()), 1)
    mean, sd = factors[data.train].mean(0), factors[data.train].std(0)
    if not sd.all():
        name = list(data.factors)[int(sd.argmin())]
        raise UserError(f"The factor {name} has the same value for all training images: choose other images.")
    targets = torch.from_numpy(((factors - mean) / sd).astype(np.float32))
    model, weights = train_small_network(
        lambda: build_regressor(data.shape, factors.shape[1]),
        nn.functional.mse_loss,
        data.x[data.train],
        targets[data.train],
        steps=STEPS,
        noise_sigma=NOISE_SIGMA,
        on_step=on_step,
        seed=seed,
    )
    return weights, mean, sd, predict(model, data.x[data.test]).astype(np.float64) * sd + mean


@torch.inference_mode()
def predict(model: nn.Module, x: np.ndarray) -> np.ndarray:
    """Return the outputs [n, K] of a model for images, uint8 [n, C, H, W] or float in [0, 1]."""
    scale = 255 if x.dtype == np.uint8 else 1
    batches = torch.from_numpy(np.ascontiguousarray(x)).split(EVALUATION_BATCH)
    return torch.cat([model(batch.float() / scale) for batch in batches]).numpy()
