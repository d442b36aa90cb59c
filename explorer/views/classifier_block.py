"""A classifier's weights and layers, for network.js."""

import math

from explorer.latent.share import share_of_count
from explorer.live.block import Block, make_block
from explorer.store.classifier import MIN_CLASS_PROBABILITY, Classifier


def classifier_block(id: str, classifier: Classifier, n_test: int) -> Block:
    """Pixels -> the probability of each class. n_test: the number of test images of its accuracy."""
    accuracy = share_of_count(round(classifier.accuracy * n_test), n_test)
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
        "accuracy": [accuracy.share, accuracy.low, accuracy.high],  # with its 95% interval
        "n_test": n_test,
        "min_confidence": MIN_CLASS_PROBABILITY,
    }
    return make_block(id, metadata, {name: w[None] for name, w in classifier.weights.items()})
