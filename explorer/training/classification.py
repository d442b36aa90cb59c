"""Train the classifier of a data set."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.models.classifier import build_classifier
from explorer.training.small_network import train_small_network

STEPS, NOISE_SIGMA = 6000, 0.1


def train_classifier(
    data: Dataset, on_step: Callable[[int, int], None], seed: int = 0
) -> tuple[dict[str, np.ndarray], float]:
    """Minimise the cross-entropy on the training split. Return float16 weights, and their accuracy on the
    test split.

    Raises UserError if there are fewer than two classes.
    """
    if len(np.unique(data.y[data.train])) < 2:
        raise UserError(
            f"The training images of {data.name} have only one class, and a classifier needs at least two. "
            "Choose another data set."
        )
    model, weights = train_small_network(
        lambda: build_classifier(data.shape, len(data.class_names)),
        nn.functional.cross_entropy,
        data.x[data.train],
        torch.from_numpy(data.y[data.train]),
        steps=STEPS,
        noise_sigma=NOISE_SIGMA,
        on_step=on_step,
        seed=seed,
    )
    with torch.inference_mode():
        predictions = model(torch.from_numpy(data.x[data.test]).float() / 255).argmax(1).numpy()
    return weights, float((predictions == data.y[data.test]).mean())
