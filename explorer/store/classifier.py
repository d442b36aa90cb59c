"""Classifiers, one for each data set: a safetensors file beside the runs, described by its metadata."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.errors import CorruptFile, corrupt_file_errors
from explorer.specs import RunSpec
from explorer.store.atomic import fingerprint, write_atomically
from explorer.store.catalogue import SHIPPED_FOLDER, runs_folder
from explorer.store.run import Run
from explorer.untrusted.tensors import pack_record, unpack_record

MIN_CLASS_PROBABILITY = 0.9  # probability from which the class of an image is shown


@dataclass(frozen=True)
class Classifier:
    shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    accuracy: float  # on the test split
    weights: dict[str, np.ndarray]

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Return the probability of each class, [n, classes]. x float [n, C, H, W] in [0, 1]."""
        w = {name: t.astype(np.float32) for name, t in self.weights.items()}
        logits = self.features(x) @ w["3.weight"].T + w["3.bias"]
        odds = np.exp(logits - logits.max(1, keepdims=True))
        return odds / odds.sum(1, keepdims=True)

    def features(self, x: np.ndarray) -> np.ndarray:
        """Return the hidden layer, float32 [n, units]. x float [n, C, H, W] in [0, 1]."""
        w, b = (self.weights[f"1.{part}"].astype(np.float32) for part in ("weight", "bias"))
        return np.maximum(x.reshape(len(x), -1) @ w.T + b, 0)


def dataset_file_name(content: str, spec: RunSpec) -> str:
    """Return the name of the file for all runs of this data set. content: what is in it."""
    kind, _, path = spec.dataset.partition(":")
    images = f"{spec.dataset} {spec.image_size} {spec.colour}"
    suffix = f"-{hashlib.sha256(images.encode()).hexdigest()[:8]}" if path else ""
    return f"{content}-{kind}{suffix}.safetensors"


def classifier_file_name(spec: RunSpec) -> str:
    """Return the name of the file of the classifier for all runs of this data set."""
    return dataset_file_name("classifier", spec)


def write_classifier(spec: RunSpec, c: Classifier) -> Path:
    record = {"shape": c.shape, "class_names": c.class_names, "accuracy": c.accuracy}
    place = runs_folder() / classifier_file_name(spec)
    write_atomically(
        place,
        pack_record("classifier", record, c.weights),
        "Free some disk space, or set EXPLORER_RUNS to another folder.",
    )
    return place


def read_classifier(run: Run) -> tuple[Classifier, str] | None:
    """Return the classifier of the run's data set and a name for its version; None if there is none, or it is
    damaged.
    """
    for folder in (runs_folder(), SHIPPED_FOLDER):
        try:
            content = (folder / classifier_file_name(run.spec)).read_bytes()
            classifier = _parse_classifier(content)
        except (OSError, CorruptFile):
            continue
        if (
            classifier.shape == run.shape
            and classifier.class_names == run.class_names
            and _is_valid(classifier)
        ):
            return classifier, fingerprint(content)["sha256"][:8]
    return None


def _parse_classifier(content: bytes) -> Classifier:
    with corrupt_file_errors("it is not a classifier"):
        record, weights = unpack_record("classifier", content)
        return Classifier(
            tuple(record["shape"]), tuple(record["class_names"]), float(record["accuracy"]), weights
        )


def _is_valid(c: Classifier) -> bool:
    n, width = len(c.class_names), c.weights.get("1.bias", np.empty(0)).size
    expected_shapes = {
        "1.weight": (width, math.prod(c.shape)),
        "1.bias": (width,),
        "3.weight": (n, width),
        "3.bias": (n,),
    }
    return {name: w.shape for name, w in c.weights.items()} == expected_shapes and all(
        np.isfinite(w).all() for w in c.weights.values()
    )
