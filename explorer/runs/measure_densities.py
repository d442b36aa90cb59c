"""Use cases: measure what is decoded from samples of several densities of a run, beside the real images."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.data import load_dataset as load_data
from explorer.errors import UserError
from explorer.latent.densities.aggregate import AggregatePosterior
from explorer.latent.densities.density import Density
from explorer.latent.fidelity import Fidelity, Reference, measure_reverse_gap
from explorer.latent.gap_estimate import estimate_density_gap
from explorer.latent.gaps import MAX_CODES, fit_gaussian, sample_codes
from explorer.latent.share import Share, share_of_true
from explorer.runs.densities import Progress, density_kind, fit_density, no_progress, training_posteriors
from explorer.runs.inference import BATCH, draw_classes
from explorer.runs.load import LoadedRun
from explorer.runs.measure import codes_of
from explorer.store.classifier import MIN_CLASS_PROBABILITY, Classifier, read_classifier

REAL_IMAGES = "real images"


@dataclass(frozen=True)
class DensityMeasures:
    """What was measured of a density of codes, or of real images, for which gap and reverse_gap are None.

    n: the number of test codes, and of samples, of each measurement of a gap; n_images: of held-out test
    images and of decoded samples. gap: the share of samples without a test code near; reverse_gap: of test
    codes without a sample near; unsure: of decoded samples below 90% confidence of the classifier, for the
    real images of those test images; pixels, features: density and coverage of decoded samples, for the real
    images of training images, by pixels and by the hidden layer of the classifier. None without a
    classifier.
    """

    name: str
    label: str
    n: int
    n_images: int
    gap: Share | None
    reverse_gap: Share | None
    unsure: Share | None
    pixels: Fidelity
    features: Fidelity | None


def measure_densities(
    loaded: LoadedRun,
    names: Sequence[str],
    n: int = MAX_CODES,
    seed: int = 0,
    beta: float | None = None,
    on_progress: Callable[[str], Progress] = lambda label: no_progress,
) -> Iterator[DensityMeasures]:
    """Measure densities of a run, and last its real images. on_progress(label): called before each part,
    returns what is told its progress.

    Raises UserError for an unknown density, if there are too few test images, or the images are not on this
    machine.
    """
    spec = loaded.run.spec
    kinds = [density_kind(spec, name) for name in names]
    if n < 1:
        raise UserError(f"--n must be at least 1, and it is {n}.")
    data = load_data(spec.dataset, spec.image_size, spec.colour)
    mu, logvar = codes_of(loaded, beta)
    classifier = read_classifier(loaded.run)
    judge = _Judge(data.x[data.test], classifier[0] if classifier else None, n, seed)
    posteriors = training_posteriors(loaded, on_progress("training images"))
    for kind in kinds:
        density = fit_density(loaded, kind.name, beta, on_progress(kind.label), posteriors)
        gap, reverse_gap = measure_gaps_of_density(density, mu, logvar, n, seed)
        images = _decode(loaded, density.sample(judge.n, np.random.default_rng([seed, 1])), seed)
        yield DensityMeasures(
            kind.name,
            kind.label,
            gap.n,
            judge.n,
            gap,
            reverse_gap,
            judge.unsure(images),
            *judge.fidelities(images),
        )
    x = data.x[data.train]
    rows = np.random.default_rng(seed).choice(len(x), min(judge.n, len(x)), replace=False)
    fidelities = judge.fidelities(x[rows].astype(np.float32) / 255)
    yield DensityMeasures(
        REAL_IMAGES, "Real images", min(n, len(mu)), judge.n, None, None, judge.unsure(judge.x), *fidelities
    )


def measure_gaps_of_density(
    density: Density, mu: np.ndarray, logvar: np.ndarray | None, n: int = MAX_CODES, seed: int = 0
) -> tuple[Share, Share]:
    """Return the share of samples without a test code near, and that of test codes without a sample near. mu,
    logvar [N, D] of test images; at most n of them are used, with as many samples.
    """
    rng = np.random.default_rng(seed)
    codes = sample_codes(mu, logvar, n, rng)
    whitening = fit_gaussian(codes)
    samples = whitening.whiten(density.sample(len(codes), rng))
    reverse = measure_reverse_gap(whitening.whiten(codes), samples, seed)
    return estimate_density_gap(density, mu, logvar, n, seed), reverse


def measure_low_confidence_of_density(
    loaded: LoadedRun, density: Density, n: int, seed: int = 0
) -> Share | None:
    """Return the share of n decoded samples that the classifier gives no class with enough confidence; None
    without a classifier.
    """
    if not (result := read_classifier(loaded.run)):
        return None
    images = _decode(loaded, density.sample(n, np.random.default_rng([seed, 1])), seed)
    return _share_unsure(result[0], images)


def measure_uncovered(
    loaded: LoadedRun, z: np.ndarray, x: np.ndarray, seed: int = 0
) -> tuple[Share | None, Share | None]:
    """Return the share of images x, uint8 [n, C, H, W], without a decoded sample of z [m, D] near: 1 −
    coverage (explorer.latent.fidelity), by pixels and by features of the classifier. None with too few
    images, by features also without a classifier.
    """
    return _uncovered(loaded, _decode(loaded, z, seed), x, seed) if len(z) else (None, None)


def measure_gaps_of_halves(mu: np.ndarray, logvar: np.ndarray | None, seed: int = 0) -> tuple[Share, Share]:
    """Return what measure_gaps_of_density() does of one half of the codes as samples, and the other half."""
    a, b = np.array_split(np.random.default_rng(seed).permutation(len(mu)), 2)
    density = AggregatePosterior(mu[a], None if logvar is None else logvar[a], is_distinct=True)
    return measure_gaps_of_density(density, mu[b], None if logvar is None else logvar[b], seed=seed)


def measure_real_images(
    loaded: LoadedRun, x: np.ndarray, seed: int = 0
) -> tuple[Share | None, Share | None, Share | None]:
    """Return the share of real images x, uint8 [n, C, H, W], that the classifier gives no class with enough
    confidence; and the shares of one half that have no image of the other half near, by pixels and by
    features (measure_uncovered).
    """
    real, half, classifier = x.astype(np.float32) / 255, len(x) // 2, read_classifier(loaded.run)
    unsure = _share_unsure(classifier[0], real) if classifier and len(x) else None
    return unsure, *_uncovered(loaded, real[half : 2 * half], x[:half], seed)


def _uncovered(
    loaded: LoadedRun, images: np.ndarray, x: np.ndarray, seed: int
) -> tuple[Share | None, Share | None]:
    classifier = read_classifier(loaded.run)
    try:
        judge = _Judge(x, classifier[0] if classifier else None, len(x), seed)
    except UserError:  # too few images
        return None, None
    by_pixels, by_features = judge.fidelities(images)
    return by_pixels.coverage.complement(), by_features and by_features.coverage.complement()


def _share_unsure(classifier: Classifier, images: np.ndarray) -> Share | None:
    return share_of_true(classifier.probabilities(images).max(1) < MIN_CLASS_PROBABILITY)


class _Judge:
    """Held-out images, against which decoded samples are measured."""

    def __init__(self, x: np.ndarray, classifier: Classifier | None, n: int, seed: int):
        rows = np.random.default_rng(seed).choice(len(x), min(n, len(x)), replace=False)
        self.x, self.classifier, self.n = x[rows].astype(np.float32) / 255, classifier, len(rows)
        self.pixels = Reference(self.x.reshape(self.n, math.prod(x.shape[1:])), seed)
        self.features = Reference(classifier.features(self.x), seed) if classifier else None

    def fidelities(self, images: np.ndarray) -> tuple[Fidelity, Fidelity | None]:
        """Return density and coverage of images, float [m, C, H, W], by pixels and by features."""
        by_pixels = self.pixels.measure(images.reshape(len(images), -1))
        if not (self.classifier and self.features):
            return by_pixels, None
        return by_pixels, self.features.measure(self.classifier.features(images))

    def unsure(self, images: np.ndarray) -> Share | None:
        """Return the share of images that the classifier gives no class with enough confidence."""
        return _share_unsure(self.classifier, images) if self.classifier else None


def _decode(loaded: LoadedRun, z: np.ndarray, seed: int) -> np.ndarray:
    y, firsts = draw_classes(loaded, len(z), seed), range(0, len(z), BATCH)
    return np.concatenate([loaded.decode(z[i : i + BATCH], y[i : i + BATCH]) for i in firsts])
