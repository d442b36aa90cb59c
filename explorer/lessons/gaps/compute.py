"""Decode places in gaps and outside them, and measure how confident a classifier is in the decoded images."""

from dataclasses import dataclass

import numpy as np

from explorer.latent.gap_estimate import GapEstimate, estimate_gap
from explorer.latent.gap_map import Between
from explorer.latent.gaps import K, distances, in_gap
from explorer.latent.share import Z95
from explorer.runs.load import LoadedRun
from explorer.store.classifier import SURE, classifier_of

NOISE = 2000  # images of uniform noise


@dataclass(frozen=True)
class Places:
    """Of each z [n, D]: its decoded image x [n, C, H, W]; the distances to the nearest code and to the K-th
    nearest sample, in standard deviations of the Gaussian fitted to the codes; the class of highest
    probability and that probability, None without a classifier.
    """

    z: np.ndarray
    x: np.ndarray
    to_code: np.ndarray
    to_draw: np.ndarray
    label: np.ndarray | None
    sure: np.ndarray | None

    @property
    def in_gap(self) -> np.ndarray:
        """bool [n]: no code is as near as the K-th nearest sample."""
        return self.to_code > self.to_draw


@dataclass(frozen=True)
class Share:
    """value: the share of n independent samples; error: its standard error."""

    value: float
    n: int

    @property
    def error(self) -> float:
        return float(np.sqrt(self.value * (1 - self.value) / self.n))

    def __str__(self) -> str:
        """28 ± 2%, a 95% interval"""
        return f"{100 * self.value:.0f} ± {100 * Z95 * self.error:.0f}%"


def is_larger(a: Share, b: Share) -> bool:
    """Whether share a is larger than share b, at 95%."""
    return bool(a.value - b.value > Z95 * np.hypot(a.error, b.error))


@dataclass(frozen=True)
class Shares:
    """gap: of samples from the Gaussian fitted to the codes. in_gaps, outside: of their decoded images, the
    share of which the classifier names no class with probability SURE; noise: the share of uniform-noise
    images that it does name. None without a classifier, or without samples of that kind.
    """

    gap: GapEstimate
    in_gaps: Share | None
    outside: Share | None
    noise: Share | None

    @property
    def is_less_confident_in_gaps(self) -> bool:
        return bool(self.in_gaps and self.outside and is_larger(self.in_gaps, self.outside))


def look(loaded: LoadedRun, found: Between, z: np.ndarray) -> Places:
    """z [n, D]"""
    x, w = loaded.decode(z), found.fitted.whiten(z)
    named = _named(loaded, x)  # [n, classes]
    return Places(
        z,
        x,
        distances(found.whitened, w, 1),
        distances(found.draws, w, K),
        *((None, None) if named is None else (named.argmax(1), named.max(1))),
    )


def shares(loaded: LoadedRun, found: Between, mu: np.ndarray, logvar: np.ndarray | None) -> Shares:
    """Measure the gap of mu, logvar [n, D] (logvar None for an AE), and the classifier's confidence on
    found.draws, decoded.
    """
    in_gaps = in_gap(found.draws, found.whitened)
    gap, named = estimate_gap(mu, logvar), _named(loaded, loaded.decode(found.fitted.place(found.draws)))
    if named is None:
        return Shares(gap, None, None, None)
    noise = np.random.default_rng(0).random((NOISE, *loaded.run.shape), np.float32)
    below = named.max(1) < SURE
    return Shares(
        gap,
        *(
            Share(float(below[those].mean()), int(those.sum())) if those.any() else None
            for those in (in_gaps, ~in_gaps)
        ),
        Share(float((_named(loaded, noise).max(1) >= SURE).mean()), NOISE),
    )


def typical(images: np.ndarray, y: np.ndarray, label: int) -> int:
    """images [n, C, H, W], y [n] -> the row of that class which lies nearest to its mean image."""
    rows = np.flatnonzero(y == label)
    flat = images[rows].reshape(len(rows), -1).astype(np.float64)
    return int(rows[np.square(flat - flat.mean(0)).sum(1).argmin()])


def _named(loaded: LoadedRun, x: np.ndarray) -> np.ndarray | None:
    """x [n, C, H, W] -> probabilities [n, classes]"""
    known = classifier_of(loaded.run)
    return known and known[0].probabilities(x)
