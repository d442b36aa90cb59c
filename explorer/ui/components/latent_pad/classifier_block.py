"""A classifier's weights and layers, for network.js."""

import math

from explorer.live.block import Block, make_block
from explorer.store.classifier import MIN_CLASS_PROBABILITY, Classifier


def classifier_block(id: str, classifier: Classifier) -> Block:
    """Pixels -> the probability of each class."""
    layers = [
        {"kind": "dense", "name": "1"},
        {"kind": "relu"},
        {"kind": "dense", "name": "3"},
        {"kind": "softmax"},
    ]
    metadata = {
        "n_inputs": math.prod(classifier.shape),
        "layers": layers,
        "rungs": [0.0],
        "classes": classifier.class_names,
        "accuracy": classifier.accuracy,
        "min_confidence": MIN_CLASS_PROBABILITY,
    }
    return make_block(id, metadata, {name: w[None] for name, w in classifier.weights.items()})
