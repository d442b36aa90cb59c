"""A classifier's weights and layers, for network.js."""

import math

from explorer.store.classifier import SURE, Classifier
from explorer.ui.components.latent_pad.block import Block, make_block


def classifier_block(id: str, c: Classifier) -> Block:
    """Pixels -> the probability of each class."""
    layers = [
        {"kind": "dense", "name": "1"},
        {"kind": "relu"},
        {"kind": "dense", "name": "3"},
        {"kind": "softmax"},
    ]
    about = {
        "input": math.prod(c.shape),
        "layers": layers,
        "rungs": [0.0],
        "classes": c.class_names,
        "accuracy": c.accuracy,
        "sure": SURE,
    }
    return make_block(id, about, {name: w[None] for name, w in c.weights.items()})
