"""A small classifier of decoded images."""

import math

from torch import nn

from explorer.networks.pair import ImageShape

HIDDEN_UNITS = 128


def build_classifier(shape: ImageShape, n_classes: int) -> nn.Sequential:
    """Return a network from images x [B, C, H, W] in [0, 1] to logits [B, n_classes]."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(math.prod(shape), HIDDEN_UNITS), nn.ReLU(), nn.Linear(HIDDEN_UNITS, n_classes)
    )
