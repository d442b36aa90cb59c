"""The correlation of each two latent dimensions, and the direction in which codes vary least, with intervals
over codes.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from explorer.latent.share import Z95


@dataclass(frozen=True)
class Correlation:
    """Pearson's r of two dimensions of n codes. low, high: intervals that contain r of every pair of
    dimensions at once, at 95% (Bonferroni).
    """

    dimensions: tuple[int, int]
    r: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Return text such as 0.31 (0.29 to 0.33)."""
        return f"{self.r:.2f} ({self.low:.2f} to {self.high:.2f})".replace("-", "−")

    def is_beyond(self, size: float) -> bool:
        """Return whether the interval lies beyond −size or size."""
        return self.low > size or self.high < -size

    def is_within(self, size: float) -> bool:
        """Return whether the interval lies between −size and size."""
        return -size < self.low and self.high < size


def correlate_dimensions(codes: np.ndarray) -> list[Correlation]:
    """Return the correlations of codes [n, D], the largest first; none of a dimension without spread.

    The standard error is that of the influence function of r, uv − r(u² + v²)/2 with standardised u and v, so
    that it holds for codes that are not Gaussian (delta method).
    """
    from scipy.special import ndtri

    n, dim = codes.shape
    sd = codes.std(0, dtype=np.float64)
    varying = [d for d in range(dim) if sd[d] > 0]
    pairs = list(combinations(varying, 2))
    if not pairs or n < 2:
        return []
    units = (codes - codes.mean(0, dtype=np.float64)) / np.where(sd > 0, sd, 1)
    z = -float(ndtri(0.025 / len(pairs)))
    correlations = []
    for first, second in pairs:
        u, v = units[:, first], units[:, second]
        r = float(np.clip((u * v).mean(), -1, 1))
        half = z * float((u * v - r * (u**2 + v**2) / 2).std(ddof=1)) / np.sqrt(n)
        correlations.append(
            Correlation((first, second), r, float(max(r - half, -1)), float(min(r + half, 1)), n)
        )
    return sorted(correlations, key=lambda c: -abs(c.r))


@dataclass(frozen=True)
class Direction:
    """A direction in which n codes vary. axis: [D], of length 1; sd: of the codes along it, with its 95%
    interval, low to high.
    """

    axis: np.ndarray
    sd: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Return text such as 0.24 (0.23 to 0.25)."""
        return f"{self.sd:.2f} ({self.low:.2f} to {self.high:.2f})"

    def main_dimensions(self, n: int = 3) -> list[int]:
        """Return the dimensions with the largest parts of the axis, at most n that make up a tenth each."""
        return [d for d in np.argsort(-np.abs(self.axis))[:n].tolist() if self.axis[d] ** 2 > 0.1]


def narrowest_direction(codes: np.ndarray) -> Direction:
    """Return the direction in which codes [n, D] vary least: their last principal axis (delta method)."""
    centred = codes - codes.mean(0, dtype=np.float64)
    axis = np.linalg.eigh(centred.T @ centred)[1][:, 0]
    squares = (centred @ axis) ** 2
    variance, half = squares.mean(), Z95 * squares.std(ddof=1) / np.sqrt(len(codes))
    low, high = (float(np.sqrt(max(variance + sign * half, 0))) for sign in (-1, 1))
    return Direction(axis, float(np.sqrt(variance)), low, high, len(codes))
