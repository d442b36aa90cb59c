"""The class probabilities of decoded images by the small classifier of a data set."""

from pathlib import Path

import numpy as np

from explorer.store.classifier import MIN_CLASS_PROBABILITY, Classifier, read_classifier
from explorer.store.run import Run, read_run
from explorer.ui.components.prose import st
from explorer.views.run_view import run_version

LOW_CONFIDENCE_LABEL = f"below {MIN_CLASS_PROBABILITY:.0%} confidence"
CLASSIFIER_HELP = (
    "The classifier has seen real images only: it also names images that show nothing, often with high"
    " confidence."
)


@st.cache_resource(max_entries=8, ttl=30, show_spinner=False)
def _classifier(folder: Path, version: str) -> Classifier | None:
    result = read_classifier(read_run(folder))
    return result and result[0]


def class_probabilities(run: Run, images: np.ndarray) -> np.ndarray | None:
    """Return the class probabilities [n, classes] of images, float [n, C, H, W] in [0, 1], or None if the
    run's images have no classifier.
    """
    classifier = _classifier(run.folder, run_version(run))
    return classifier and classifier.probabilities(images)
