"""A value that was estimated from images, with its 95% interval over them."""

from dataclasses import dataclass

import numpy as np

from explorer.errors import UserError
from explorer.latent.share import Z95

N_GROUPS = 50  # of images, each left out once by the jackknife


@dataclass(frozen=True)
class Estimate:
    """A value with its 95% interval, low to high; n: the number of images or codes."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Return text such as 0.85 (0.82 to 0.88)."""
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"

    @property
    def is_different_from_zero(self) -> bool:
        """Return whether the interval excludes 0."""
        return self.low > 0 or self.high < 0


def estimate_means(values: np.ndarray) -> list[Estimate]:
    """Estimate the mean of each column of values [n, K], with a normal interval. Raises UserError for fewer
    than two rows.
    """
    if len(values) < 2:
        raise UserError("A mean is estimated from at least two images. Use more test images.")
    means = values.mean(0, dtype=np.float64)
    errors = values.std(0, ddof=1, dtype=np.float64) / np.sqrt(len(values))
    return [
        Estimate(float(m), float(m - Z95 * e), float(m + Z95 * e), len(values)) for m, e in zip(means, errors)
    ]


def assign_groups(n: int, seed: int = 0) -> np.ndarray:
    """Return a random group of each of n images, int64 [n], all but equally many in each."""
    return np.random.default_rng(seed).permutation(n) % min(N_GROUPS, n)


def estimate_by_jackknife(value: float, without: np.ndarray, n: int) -> Estimate:
    """Return the value of n images with the interval of a delete-a-group jackknife (Efron and Stein, 1981).
    without [G]: the value without each group.
    """
    half = Z95 * np.sqrt((len(without) - 1) / len(without) * np.square(without - without.mean()).sum())
    return Estimate(float(value), float(value - half), float(value + half), n)


def estimate_perplexity(chosen: np.ndarray, n_entries: int) -> Estimate | None:
    """Estimate the perplexity of the use of n_entries entries, exp of the entropy of their shares, from the
    entries that each image chose, int [n, G]; None for fewer than two images.

    The entropy of observed shares is too low by about (n_entries − 1) / 2nG (Miller, 1955). The value is that
    of these images. The interval is for all such images: that of the jackknife's estimate without this bias
    (Quenouille, 1956), extended to the value.
    """
    if len(chosen) < 2:
        return None
    group = assign_groups(len(chosen))
    counts = np.zeros((group.max() + 1, n_entries))
    np.add.at(counts, (np.repeat(group, chosen.shape[1]), chosen.ravel()), 1)
    value, without = float(_perplexity(counts.sum(0))), _perplexity(counts.sum(0) - counts)
    unbiased = value + (len(without) - 1) * (value - without.mean())
    e = estimate_by_jackknife(unbiased, without, len(chosen))
    low, high = max(min(e.low, value), 1.0), min(max(e.high, value), float(n_entries))
    return Estimate(value, low, high, e.n)


def _perplexity(counts: np.ndarray) -> np.ndarray:
    """Return exp of the entropy of each row of counts [..., K]."""
    from scipy.special import entr

    return np.exp(entr(counts / counts.sum(-1, keepdims=True)).sum(-1))


def estimate_r_squared(predicted: np.ndarray, actual: np.ndarray, seed: int = 0) -> list[Estimate]:
    """Estimate R² = 1 − Σ(error²) / Σ(deviation from the mean²) of each column of predicted and actual
    [n, K]. It is below 0 where the mean of the column would be the better prediction.
    """
    group = assign_groups(len(actual), seed)

    def r_squared(rows: np.ndarray) -> np.ndarray:
        deviation = actual[rows] - actual[rows].mean(0)
        return 1 - np.square(predicted[rows] - actual[rows]).sum(0) / np.square(deviation).sum(0)

    values = r_squared(np.ones(len(actual), bool))
    without = np.stack([r_squared(group != g) for g in range(group.max() + 1)], 1)
    return [estimate_by_jackknife(v, w, len(actual)) for v, w in zip(values, without)]
