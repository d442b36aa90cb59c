"""What a decoder makes of places among the codes and between them, and what a classifier says to it."""

from dataclasses import dataclass

import numpy as np

from explorer.latent.gap_map import Between
from explorer.latent.gaps import K, distances, in_gap
from explorer.runs import LoadedRun
from explorer.store.classifier import SURE, classifier_of


@dataclass(frozen=True)
class Places:
    """Of each z [n, D]: its decoded image x [n, C, H, W]; the distances to the nearest code and to the K-th nearest draw, in standard
    deviations of the Gaussian fitted to the codes; the class that the classifier names and its probability, None without a classifier.
    """

    z: np.ndarray
    x: np.ndarray
    to_code: np.ndarray
    to_draw: np.ndarray
    label: np.ndarray | None
    sure: np.ndarray | None

    @property
    def in_gap(self) -> np.ndarray:
        """bool [n]: no code is as near as the K-th nearest draw."""
        return self.to_code > self.to_draw


@dataclass(frozen=True)
class Shares:
    """Of n draws: gap, the share that lies in gaps; unsure, of those in gaps and of the others, the share that the classifier does not
    name. None without a classifier, or a draw of that kind.
    """

    n: int
    gap: float
    unsure_in_gaps: float | None
    unsure_outside: float | None


def look(loaded: LoadedRun, found: Between, z: np.ndarray) -> Places:
    """z [n, D]"""
    x, w = loaded.decode(z), found.fitted.whiten(z)
    named = _named(loaded, x)  # [n, classes]
    return Places(z, x, distances(found.whitened, w, 1), distances(found.draws, w, K),
                  *((None, None) if named is None else (named.argmax(1), named.max(1))))


def shares(loaded: LoadedRun, found: Between) -> Shares:
    """Of draws from the Gaussian fitted to the codes."""
    alone = in_gap(found.draws, found.whitened)
    named = _named(loaded, loaded.decode(found.fitted.place(found.draws)))
    unsure = (None if named is None or not those.any() else float((named.max(1)[those] < SURE).mean()) for those in (alone, ~alone))
    return Shares(len(alone), float(alone.mean()), *unsure)


def typical(images: np.ndarray, y: np.ndarray, label: int) -> int:
    """images [n, C, H, W], y [n] -> the row of that class which lies nearest to its mean image."""
    rows = np.flatnonzero(y == label)
    flat = images[rows].reshape(len(rows), -1).astype(np.float64)
    return int(rows[np.square(flat - flat.mean(0)).sum(1).argmin()])


def _named(loaded: LoadedRun, x: np.ndarray) -> np.ndarray | None:
    """x [n, C, H, W] -> probabilities [n, classes]"""
    known = classifier_of(loaded.run)
    return known and known[0].probabilities(x)
