"""Train the classifier of the data set of a run."""

from collections.abc import Callable
from pathlib import Path

from explorer.data import load_dataset as load_data
from explorer.store.classifier import Classifier, write_classifier
from explorer.store.run import (
    Run,
)
from explorer.training.classification import train_classifier


def train_classifier_of(
    run: Run, on_images: Callable[[int, int], None], on_step: Callable[[int, int], None]
) -> tuple[Classifier, Path]:
    """Train a classifier of the run's data set and save it beside the runs; all runs of the data set share
    it.
    """
    data = load_data(run.spec.dataset, run.spec.image_size, run.spec.colour, on_images)
    weights, accuracy = train_classifier(data, on_step)
    classifier = Classifier(data.shape, data.class_names, accuracy, weights)
    return classifier, write_classifier(run.spec, classifier)
