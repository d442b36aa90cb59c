"""Codes in rows and grids: one dimension swept at a time, and the plane of two."""

from statistics import NormalDist

import numpy as np

from explorer.errors import UserError, unknown_name_error
from explorer.latent.dimensions import Dimension

REACH_SIGMA = 3.0  # standard deviations


def traverse(z: np.ndarray, dimensions: list[Dimension], n: int) -> np.ndarray:
    """Return codes [len(dimensions), n, D]: in each row one dimension goes evenly from its low to its high,
    the others stay as in z [D].

    Raises UserError if n is less than 2.
    """
    if n < 2:
        raise UserError(
            f"A traversal goes from one end of a range to the other: choose at least 2 images, not {n}."
        )
    rows = np.tile(np.asarray(z, np.float64), (len(dimensions), n, 1))
    for row, d in zip(rows, dimensions):
        row[:, d.index] = np.linspace(d.low, d.high, n)
    return rows


def largest_change(rows: np.ndarray) -> float:
    """Return the largest change of any pixel within a row. rows [R, n, ...] of decoded images."""
    return float(np.ptp(rows, axis=1).max())


def correlation(map_root: np.ndarray) -> float:
    """Return the correlation of the two axes of a Gaussian N(·, map_root map_rootᵀ) on a map
    (explorer.latent.scale); 0 on a line. map_root [2, 2].
    """
    (variance_0, covariance), (_, variance_1) = map_root @ map_root.T
    return float(covariance / np.sqrt(variance_0 * variance_1)) if variance_0 * variance_1 > 0 else 0.0


def manifold_grid(n: int, spacing: str, reach: float = REACH_SIGMA) -> np.ndarray:
    """Return the places [n, n, 2] of a manifold grid, in standard deviations; the first row is the top one,
    the first column the left one.

    By spacing "quantile", each axis has the n quantiles Φ⁻¹((i + ½)/n): every row and every column stands for
    the same share of a Gaussian, and if its two axes are uncorrelated, so does every place (Kingma and
    Welling, ICLR 2014, figure 4); by "coordinate", n values evenly from −reach to reach. Raises UserError for
    another spacing, n less than 2, or a reach that is not positive.
    """
    if spacing not in ("quantile", "coordinate"):
        raise unknown_name_error("spacing of a grid", spacing, ("quantile", "coordinate"))
    if n < 2:
        raise UserError(f"A grid has at least 2 rows and 2 columns, not {n}: choose more.")
    if not 0 < reach < np.inf:
        raise UserError(
            f"A grid reaches a positive number of standard deviations, not {reach:g}: choose {REACH_SIGMA:g}."
        )
    shares = ((i + 0.5) / n for i in range(n))
    axis = (
        [NormalDist().inv_cdf(share) for share in shares]
        if spacing == "quantile"
        else np.linspace(-reach, reach, n)
    )
    return np.stack(np.meshgrid(axis, axis[::-1]), axis=-1)
