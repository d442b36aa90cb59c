"""The mean difference between two measurements of the same images, and the ratio of two means, with 95%
intervals.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Difference:
    """A mean difference with its 95% interval, mean ± half_width."""

    mean: float
    half_width: float

    @property
    def sign(self) -> int:
        """Return 1 or −1 where the interval excludes 0; else 0: the sign is not established."""
        return 0 if abs(self.mean) <= self.half_width else 1 if self.mean > 0 else -1

    def format(self, digits: int = 1) -> str:
        """Return text such as +0.4 ± 0.6."""
        value = f"{self.mean:+.{digits}f}"
        return f"{value.replace('-', '−') if float(value) else value[1:]} ± {self.half_width:.{digits}f}"


def mean_difference(a: np.ndarray, b: np.ndarray) -> Difference:
    """Return the mean of a − b, with Student's t interval (a paired t-test). a, b [n] of the same n images,
    in the same order.
    """
    from scipy.stats import t

    differences = np.asarray(a, np.float64) - b
    return Difference(
        float(differences.mean()),
        float(t.ppf(0.975, len(differences) - 1) * differences.std(ddof=1) / np.sqrt(len(differences))),
    )


def ratio_interval(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Return the 95% interval of the ratio of the means of two independent samples of positive values, a [n]
    and b [m] of at least two values: that of the logarithm of the ratio, by the delta method, with Student's
    t of the smaller sample.
    """
    from scipy.stats import t

    ratio = a.mean() / b.mean()
    error = np.sqrt(sum(x.var(ddof=1) / len(x) / x.mean() ** 2 for x in (a, b)))
    factor = np.exp(t.ppf(0.975, min(len(a), len(b)) - 1) * error)
    return float(ratio / factor), float(ratio * factor)
