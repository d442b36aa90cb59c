"""A small classifier of decoded images."""

import math

from torch import nn

from explorer.networks.pair import Shape

WIDTH = 128


def classifier(shape: Shape, n_classes: int) -> nn.Sequential:
    """Return a network from images x [B, C, H, W] in [0, 1] to logits [B, n_classes]."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(math.prod(shape), WIDTH), nn.ReLU(), nn.Linear(WIDTH, n_classes)
    )
