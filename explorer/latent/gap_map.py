"""Map the gaps of codes in one or two dimensions: a point is in a gap if a sample there would be
(explorer.latent.gaps).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from explorer.errors import UserError
from explorer.latent.gap_estimate import GapEstimate, estimate_gaps
from explorer.latent.gaps import (
    K_NEIGHBOURS,
    MAX_CODES,
    FittedGaussian,
    choose_rows,
    fit_gaussian,
    kth_distances,
    sample_posteriors,
    standard_gaussian,
)

GRID_SIZE = 96  # cells along an axis
GRID_REACH_SIGMA = 3.3  # standard deviations of the codes' Gaussian; 1 in 200 samples lies outside
GAP_THRESHOLD = 128  # larger shades are gaps
SHADE_PER_DOUBLING = 32  # the shade increases by this when the nearest code is twice as far
JITTER_HALF_HEIGHT = 2.0  # half the height of the map of one dimension, on which codes are jittered


@dataclass(frozen=True)
class GapMap:
    """estimate, prior_estimate: of draws from the codes' own Gaussian, and from N(0, I) (None for an AE);
    gap, prior_gap: their shares.

    shade: uint8 [rows, GRID_SIZE], rows upwards: GAP_THRESHOLD, plus SHADE_PER_DOUBLING for each doubling of
    the distance to the nearest code relative to that to the K-th nearest draw; 0 beyond GRID_REACH_SIGMA.
    bounds: its [x0, y0, x1, y1]. One dimension has one row; in more than two dimensions both are None.
    """

    estimate: GapEstimate
    prior_estimate: GapEstimate | None
    bounds: np.ndarray | None
    shade: np.ndarray | None

    @property
    def gap(self) -> float:
        return self.estimate.share

    @property
    def prior_gap(self) -> float | None:
        return None if self.prior_estimate is None else self.prior_estimate.share


@dataclass(frozen=True)
class GapIndex:
    """An index that decides whether points are in gaps of codes [n, D], which are those of the images `rows`;
    whitened and draws [n, R] are in standard deviations of `fitted`, the Gaussian fitted to the codes or the
    prior.
    """

    rows: np.ndarray
    codes: np.ndarray
    fitted: FittedGaussian
    whitened: np.ndarray
    draws: np.ndarray

    def log2_distance_ratio(self, z: np.ndarray) -> np.ndarray:
        """Return log2 of the distance of z [m, D] to the nearest code over that to the K-th nearest draw:
        above 0 is a gap.
        """
        places = self.fitted.whiten(z)
        return np.log2(
            kth_distances(self.whitened, places, 1)
            / np.maximum(kth_distances(self.draws, places, K_NEIGHBOURS), 1e-12)
            + 1e-12
        )


def build_gap_index(
    mu: np.ndarray, logvar: np.ndarray | None, rng: np.random.Generator, of_prior: bool = False
) -> GapIndex | None:
    """Return the index of one posterior sample per image; None if there are too few codes, or all are one
    point. mu, logvar [n, D]; logvar None for an AE. of_prior: whether draws and units are those of N(0, I)
    instead of the Gaussian fitted to the codes.
    """
    rows = choose_rows(len(mu), MAX_CODES, rng)
    codes = sample_posteriors(mu[rows], None if logvar is None else logvar[rows], rng)
    if len(codes) <= K_NEIGHBOURS:
        return None
    with suppress(UserError):
        fitted = standard_gaussian(mu.shape[1]) if of_prior else fit_gaussian(codes)
        whitened = fitted.whiten(codes)
        return GapIndex(rows, codes, fitted, whitened, rng.standard_normal(whitened.shape))
    return None


Estimator = Callable[[np.ndarray, np.ndarray | None], tuple[GapEstimate, GapEstimate | None]]


def build_gap_map(
    mu: np.ndarray, logvar: np.ndarray | None, estimate: Estimator = estimate_gaps
) -> GapMap | None:
    """Return the map of the gaps; None if there are too few codes, or all are one point. mu, logvar [n, D];
    logvar None for an AE. estimate(mu, logvar): returns the gap and the prior gap.
    """
    if not (index := build_gap_index(mu, logvar, np.random.default_rng(0))):
        return None
    return GapMap(*estimate(mu, logvar), *(shade_gaps(index) or (None, None)))


def shade_gaps(index: GapIndex) -> tuple[np.ndarray, np.ndarray] | None:
    """Return bounds and shade of codes that fill a line or a plane (GapMap); None of others."""
    fitted = index.fitted
    if index.codes.shape[1] > 2 or index.whitened.shape != index.codes.shape:
        return None
    half_width = GRID_REACH_SIGMA * np.linalg.norm(fitted.root, axis=0)
    low, high = fitted.mean - half_width, fitted.mean + half_width
    # The midpoints of GRID_SIZE equal cells.
    axes = [np.linspace(a, b, 2 * GRID_SIZE + 1)[1::2] for a, b in zip(low, high)]
    places = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, len(axes))
    shade = np.clip(np.rint(GAP_THRESHOLD + SHADE_PER_DOUBLING * index.log2_distance_ratio(places)), 1, 255)
    shade[np.linalg.norm(fitted.whiten(places), axis=1) > GRID_REACH_SIGMA] = 0
    (x0, y0), (x1, y1) = (
        (low, high) if len(axes) == 2 else ((low[0], -JITTER_HALF_HEIGHT), (high[0], JITTER_HALF_HEIGHT))
    )
    return np.array([x0, y0, x1, y1], np.float32), shade.reshape(-1, GRID_SIZE).astype(np.uint8)


def deepest_gap(gap_map: GapMap | None, inner_share: float = 0.5) -> np.ndarray | None:
    """Return the place [x, y] deepest in a gap, in that inner part of the map, the middle first; None if no
    gap is there.
    """
    if gap_map is None or gap_map.bounds is None or gap_map.shade is None:
        return None
    rows, columns = gap_map.shade.shape
    low, high = gap_map.bounds.reshape(2, 2)
    x, y = (a + (b - a) * (np.arange(n) + 0.5) / n for a, b, n in zip(low, high, (columns, rows)))
    centre_distance = np.hypot(
        *np.meshgrid(*((2 * v - a - b) / (b - a) for v, a, b in zip((x, y), low, high)))
    )
    row, column = np.unravel_index(
        np.argmax(np.where(centre_distance < inner_share, gap_map.shade - centre_distance / 100, 0)),
        gap_map.shade.shape,
    )
    return np.array([x[column], y[row]]) if gap_map.shade[row, column] > GAP_THRESHOLD else None
