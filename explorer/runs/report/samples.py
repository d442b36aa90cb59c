"""Decode samples of a run, and find the worst of them: in gaps, unclear to the classifier, or drifting."""

from dataclasses import dataclass

import numpy as np

from explorer.latent.gap_map import GapIndex
from explorer.latent.gaps import FittedGaussian
from explorer.runs.inference import BATCH, draw_classes
from explorer.runs.load import LoadedRun
from explorer.store.classifier import read_classifier

N_DECODED = 1000  # samples
N_WORST = 32
MIN_RANK = 0.95  # of a measure that is a reason: only one sample in twenty is as bad


@dataclass(frozen=True)
class DecodedSamples:
    """Samples z [n, D] of a Gaussian, with their images x, uint8 [n, C, H, W]. depth [n]: how many times as
    far as usual the nearest code is; above 1 is a gap. drift [n]: from z to the code of its image, in
    standard deviations of that Gaussian. confidence [n] and label [n]: of the classifier in the class that
    it names; None without one.
    """

    z: np.ndarray
    x: np.ndarray
    depth: np.ndarray
    drift: np.ndarray
    confidence: np.ndarray | None
    label: np.ndarray | None

    @property
    def in_gap(self) -> np.ndarray:
        return self.depth > 1

    def ranks(self) -> dict[str, np.ndarray]:
        """Return for each measure the share of samples that are no worse than each one, [n]."""
        measures = {"depth": self.depth, "drift": self.drift}
        if self.confidence is not None:
            measures["confidence"] = -self.confidence
        return {
            name: np.searchsorted(np.sort(values), values, "right") / len(values)
            for name, values in measures.items()
        }


@dataclass(frozen=True)
class WorstSample:
    """A sample: row: among the decoded ones; rank: the mean of its ranks; reasons: the measures by which it
    is among the worst twentieth, the worst first.
    """

    row: int
    rank: float
    reasons: tuple[str, ...]


def decode_samples(loaded: LoadedRun, index: GapIndex, n: int = N_DECODED, seed: int = 0) -> DecodedSamples:
    """Decode n samples of the Gaussian of the index: the prior, or that fitted to the codes."""
    z = sample_reference(index, n, seed)
    y, parts = draw_classes(loaded, n, seed), [slice(i, i + BATCH) for i in range(0, n, BATCH)]
    x = np.concatenate([loaded.decode(z[part], y[part]) for part in parts])
    classifier, confidence, label = read_classifier(loaded.run), None, None
    if classifier:
        probabilities = classifier[0].probabilities(x)
        confidence, label = probabilities.max(1), probabilities.argmax(1)
    depth, drift = 2 ** index.log2_distance_ratio(z), drifts(loaded, index.fitted, z, x, y)
    return DecodedSamples(z, to_uint8(x), depth, drift, confidence, label)


def to_uint8(x: np.ndarray) -> np.ndarray:
    """Return images in [0, 1] in the 8 bits of the images that a model is trained on."""
    return np.rint(255 * x).astype(np.uint8)


def sample_reference(index: GapIndex, n: int, seed: int) -> np.ndarray:
    """Return n samples z [n, D] of the Gaussian of the index."""
    rng = np.random.default_rng([seed, 2])
    return index.fitted.unwhiten(rng.standard_normal((n, len(index.fitted.root))))


def drifts(
    loaded: LoadedRun, fitted: FittedGaussian, z: np.ndarray, x: np.ndarray, y: np.ndarray
) -> np.ndarray:
    """Return the distance of each z [n, D] from the code of its image x [n, C, H, W], in standard deviations
    of the fitted Gaussian; y: the classes with which a conditional model decoded them.
    """
    codes = np.concatenate(
        [loaded.encode(x[i : i + BATCH], y[i : i + BATCH]).mu.numpy() for i in range(0, len(x), BATCH)]
    )
    return np.linalg.norm(fitted.whiten(codes) - fitted.whiten(z), axis=1)


def find_worst(samples: DecodedSamples, n: int = N_WORST) -> list[WorstSample]:
    """Return the n samples that are worst on average over the measures' ranks, the worst first."""
    ranks = samples.ranks()
    mean = np.mean([*ranks.values()], axis=0)
    return [
        WorstSample(
            row,
            float(mean[row]),
            tuple(
                sorted((m for m in ranks if ranks[m][row] > MIN_RANK), key=lambda m, row=row: -ranks[m][row])
            ),
        )
        for row in np.argsort(-mean, kind="stable")[:n].tolist()
    ]
