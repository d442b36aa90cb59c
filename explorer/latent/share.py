"""An estimated share, with its uncertainty, as every page prints it."""

from dataclasses import dataclass
from typing import Self

import numpy as np

Z95 = 1.96  # standard errors on each side of a 95% interval


@dataclass(frozen=True)
class Share:
    """A share in [0, 1] with its uncertainty. low, high: the 95% interval; n: the number of observations;
    error: the standard error.
    """

    share: float
    low: float
    high: float
    n: int
    error: float

    @classmethod
    def from_error(cls, share: float, error: float, n: int) -> Self:
        """Return a share with Wilson's interval, of as many independent observations as would have that
        standard error; of n where it is 0.
        """
        independent = share * (1 - share) / error**2 if 0 < share < 1 and error > 0 else n
        shrunk = 1 + Z95**2 / independent
        middle = (share + Z95**2 / independent / 2) / shrunk
        half = Z95 / shrunk * np.sqrt(share * (1 - share) / independent + (Z95 / independent) ** 2 / 4)
        low, high = min(middle - half, share), max(middle + half, share)  # rounding may put the share outside
        return cls(float(share), float(max(low, 0)), float(min(high, 1)), int(n), float(error))

    def check(self) -> None:
        """Raise ValueError if no share can have these values."""
        if not (0 <= self.low <= self.share <= self.high <= 1 and 0 <= self.error < 1 <= self.n):
            raise ValueError("a share that can't be")

    def complement(self) -> Self:
        """Return 1 − the share."""
        return type(self)(1 - self.share, 1 - self.high, 1 - self.low, self.n, self.error)

    def __str__(self) -> str:
        """Return text such as 16% (14 to 18%)."""
        return format_percent(self.share, self.low, self.high)


def format_percent(share: float, low: float, high: float, digits: int = 0) -> str:
    """Return text such as 16% (14 to 18%)."""
    return f"{share:.{digits}%} ({100 * low:.{digits}f} to {high:.{digits}%})"


def format_plus_minus(share: float, half_width: float) -> str:
    """Return text such as 16.4 ± 1.2%, a share and half the width of its interval."""
    return f"{100 * share:.1f} ± {100 * half_width:.1f}%"


def share_of_true(is_true: np.ndarray) -> Share | None:
    """Return the share of is_true, independent bool [n], that is True; None if n is 0."""
    return share_of_count(int(is_true.sum()), len(is_true)) if len(is_true) else None


def share_of_count(count: int, n: int) -> Share:
    """Return the share of n independent observations that count of them are."""
    share = count / n
    return Share.from_error(share, np.sqrt(share * (1 - share) / n), n)


def median_with_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Return the median of values [n] and its 95% interval, from their order: as many of n lie below the
    median as heads among n tosses of a coin (normal approximation).
    """
    ordered, n = np.sort(values), len(values)
    below, above = n / 2 - Z95 * np.sqrt(n) / 2, n / 2 + Z95 * np.sqrt(n) / 2
    return (
        float(np.median(ordered)),
        float(ordered[max(int(np.floor(below)), 0)]),
        float(ordered[min(int(np.ceil(above)), n - 1)]),
    )


def format_median(values: np.ndarray, digits: int = 2) -> str:
    """Return the median of values [n] and its 95% interval as text such as 2.10 (1.95 to 2.31)."""
    median, low, high = (f"{value:.{digits}f}" for value in median_with_interval(values))
    return f"{median} ({low} to {high})"


def is_larger(a: Share, b: Share) -> bool:
    """Return whether share a is larger than share b, at 95% and as if they were independent."""
    return a.share - b.share > Z95 * np.hypot(a.error, b.error)


def share_of_smaller(a: np.ndarray, b: np.ndarray) -> Share:
    """Return in what share of the pairs of a value of a [n] and one of b [m] that of a is smaller, ties being
    half: ½ for equal distributions (Mann and Whitney, 1947). The standard error is that of DeLong, DeLong
    and Clarke-Pearson (1988). n, m: at least 2.
    """
    of_a, of_b = (
        (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right"))
        / (2 * len(ordered))
        for values, ordered in ((a, np.sort(b)), (b, np.sort(a)))
    )  # the share of the other values that are smaller
    error = np.sqrt(of_a.var(ddof=1) / len(a) + of_b.var(ddof=1) / len(b))
    return Share.from_error(float(of_b.mean()), float(error), len(a))
