"""Decode points in gaps and outside them, and measure how confident a classifier is in the decoded images."""

from dataclasses import dataclass

import numpy as np

from explorer.latent.gap_estimate import GapEstimate, estimate_gap
from explorer.latent.gap_map import GapIndex
from explorer.latent.gaps import K_NEIGHBOURS, in_gap, kth_distances
from explorer.latent.share import Share, is_larger, share_of_true
from explorer.runs.load import LoadedRun
from explorer.store.classifier import MIN_CLASS_PROBABILITY, read_classifier

N_NOISE_IMAGES = 2000  # images of uniform noise


@dataclass(frozen=True)
class DecodedPoints:
    """Points z [n, D] with the decoded images x [n, C, H, W]; the distances to the nearest code and to the
    K-th nearest sample, in standard deviations of the Gaussian fitted to the codes; the class of highest
    probability and that probability, None without a classifier.
    """

    z: np.ndarray
    x: np.ndarray
    code_distance: np.ndarray
    sample_distance: np.ndarray
    label: np.ndarray | None
    confidence: np.ndarray | None

    @property
    def in_gap(self) -> np.ndarray:
        """Return whether each point is in a gap, bool [n]: no code is as near as the K-th nearest sample."""
        return self.code_distance > self.sample_distance


@dataclass(frozen=True)
class GapMeasurements:
    """Measurements of gaps. gap: of samples from the Gaussian fitted to the codes. in_gaps, outside: of their
    decoded images, the share that the classifier assigns to no class with probability MIN_CLASS_PROBABILITY;
    noise: the share of uniform-noise images that it does assign. They are None without a classifier, or
    without samples of that kind.
    """

    gap: GapEstimate
    in_gaps: Share | None
    outside: Share | None
    noise_confident: Share | None

    @property
    def is_less_confident_in_gaps(self) -> bool:
        return bool(self.in_gaps and self.outside and is_larger(self.in_gaps, self.outside))


def decode_points(loaded: LoadedRun, gap_index: GapIndex, z: np.ndarray) -> DecodedPoints:
    """Decode z [n, D], measure the distances, and classify the images."""
    x, w = loaded.decode(z), gap_index.fitted.whiten(z)
    probabilities = _class_probabilities(loaded, x)  # [n, classes]
    return DecodedPoints(
        z,
        x,
        kth_distances(gap_index.whitened, w, 1),
        kth_distances(gap_index.draws, w, K_NEIGHBOURS),
        *((None, None) if probabilities is None else (probabilities.argmax(1), probabilities.max(1))),
    )


def measure_gaps(
    loaded: LoadedRun, gap_index: GapIndex, mu: np.ndarray, logvar: np.ndarray | None
) -> GapMeasurements:
    """Measure the gap of mu, logvar [n, D] (logvar None for an AE), and the classifier's confidence in the
    decoded samples of gap_index.
    """
    in_gaps = in_gap(gap_index.draws, gap_index.whitened)
    gap = estimate_gap(mu, logvar)
    probabilities = _class_probabilities(loaded, loaded.decode(gap_index.fitted.unwhiten(gap_index.draws)))
    if probabilities is None:
        return GapMeasurements(gap, None, None, None)
    noise = np.random.default_rng(0).random((N_NOISE_IMAGES, *loaded.run.shape), np.float32)
    is_unsure = probabilities.max(1) < MIN_CLASS_PROBABILITY
    return GapMeasurements(
        gap,
        *(share_of_true(is_unsure[selected]) for selected in (in_gaps, ~in_gaps)),
        share_of_true(_class_probabilities(loaded, noise).max(1) >= MIN_CLASS_PROBABILITY),
    )


def most_typical_row(images: np.ndarray, y: np.ndarray, label: int) -> int:
    """Return the row of that class which is nearest to its mean image. images [n, C, H, W], y [n]."""
    rows = np.flatnonzero(y == label)
    flat = images[rows].reshape(len(rows), -1).astype(np.float64)
    return int(rows[np.square(flat - flat.mean(0)).sum(1).argmin()])


def _class_probabilities(loaded: LoadedRun, x: np.ndarray) -> np.ndarray | None:
    """Return the classifier's probabilities [n, classes] for x [n, C, H, W]; None without a classifier."""
    classifier = read_classifier(loaded.run)
    return classifier and classifier[0].probabilities(x)
