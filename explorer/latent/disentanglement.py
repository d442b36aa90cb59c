"""How well the dimensions of a code separate the known factors of its images.

MIG (Chen et al., NeurIPS 2018) and SAP (Kumar et al., ICLR 2018), from posterior means, with the settings of
Locatello et al. (ICML 2019): codes in 20 bins of equal width. Both are means over factors of the difference
between the best and the second best dimension. Intervals are over images, by a delete-a-group jackknife.
"""

from dataclasses import dataclass

import numpy as np

from explorer.errors import UserError
from explorer.latent.estimate import N_GROUPS, Estimate, assign_groups, estimate_by_jackknife

N_CODE_BINS = 20
N_FACTOR_BINS = 10  # of a factor with more values than that
MIN_IMAGES = 100


@dataclass(frozen=True)
class FactorSeparation:
    """One factor. information [D]: the mutual information of each dimension and the factor, as a share of the
    entropy of the factor; information_estimates [D]: the same with intervals; predictability [D]: R² of the
    factor's linear regression on each dimension, or for a factor of two values the balanced accuracy of the
    best threshold.
    """

    name: str
    information: np.ndarray
    information_estimates: tuple[Estimate, ...]
    predictability: np.ndarray

    @property
    def best_dimension(self) -> int:
        """Return the dimension with most information about the factor."""
        return int(self.information.argmax())

    @property
    def two_best(self) -> tuple[Estimate, Estimate]:
        """Return the information of the two dimensions that have most."""
        second, best = np.argsort(self.information)[-2:]
        return self.information_estimates[best], self.information_estimates[second]


@dataclass(frozen=True)
class Separation:
    """MIG and SAP of codes, and what they are made of."""

    mig: Estimate
    sap: Estimate
    factors: tuple[FactorSeparation, ...]


def measure_separation(mu: np.ndarray, factors: dict[str, np.ndarray], seed: int = 0) -> Separation:
    """Measure MIG and SAP of codes mu [n, D] and factors [n] by name. seed: of the groups of the jackknife.

    A factor with the same value for all images is left out. Raises UserError for codes of one dimension,
    fewer than MIN_IMAGES images, or without a factor.
    """
    values = {name: v.astype(np.float64) for name, v in factors.items() if len(v) and np.ptp(v) > 0}
    if not values:
        raise UserError(
            "These images have no known factors that differ, so MIG and SAP are not defined. Choose a run of"
            " faces, shapes or moons."
        )
    if mu.shape[1] < 2:
        raise UserError(
            "MIG and SAP compare two dimensions of a code, and this code has one. Choose a run with more."
        )
    if len(mu) < MIN_IMAGES:
        raise UserError(
            f"MIG and SAP are measured with at least {MIN_IMAGES} images, and there are {len(mu)}."
        )
    group, mu = assign_groups(len(mu), seed), mu.astype(np.float64)
    bins = np.stack([_equal_bins(codes, N_CODE_BINS) for codes in mu.T], 1)
    information, predictability = (
        np.stack(parts, 1)  # [1 + N_GROUPS, K, D]: of all images, then without each group
        for parts in zip(
            *(
                (_shares_of_entropy(bins, _categories(v), group), _predictabilities(mu, v, group))
                for v in values.values()
            )
        )
    )
    return Separation(
        _mean_lead(information, len(mu)),
        _mean_lead(predictability, len(mu)),
        tuple(
            FactorSeparation(
                name,
                information[0, i],
                tuple(
                    estimate_by_jackknife(scores[0], scores[1:], len(mu)) for scores in information[:, i].T
                ),
                predictability[0, i],
            )
            for i, name in enumerate(values)
        ),
    )


def _mean_lead(scores: np.ndarray, n: int) -> Estimate:
    """Estimate the mean over factors of the best score less the second best. scores [1 + N_GROUPS, K, D]."""
    ordered = np.sort(scores, axis=-1)
    leads = (ordered[..., -1] - ordered[..., -2]).mean(1)
    return estimate_by_jackknife(leads[0], leads[1:], n)


def _equal_bins(values: np.ndarray, n: int) -> np.ndarray:
    """Return the bin of each value, int64 [n], among n bins of equal width from the lowest to the highest."""
    low, width = values.min(), np.ptp(values)
    return np.minimum((values - low) * (n / width if width else 0), n - 1).astype(np.int64)


def _categories(values: np.ndarray) -> np.ndarray:
    """Return the index of each value, or its bin where there are more than N_FACTOR_BINS values."""
    distinct, index = np.unique(values, return_inverse=True)
    return index if len(distinct) <= N_FACTOR_BINS else _equal_bins(values, N_FACTOR_BINS)


def _shares_of_entropy(bins: np.ndarray, category: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return I(z; v) / H(v) for each dimension, [1 + N_GROUPS, D]. bins int [n, D], category, group int
    [n].
    """
    n_categories = int(category.max()) + 1
    columns = []
    for dimension in bins.T:
        cell = (group * N_CODE_BINS + dimension) * n_categories + category
        counts = np.bincount(cell, minlength=N_GROUPS * N_CODE_BINS * n_categories)
        counts = counts.reshape(N_GROUPS, N_CODE_BINS, n_categories)
        columns.append(_share_of_entropy(counts.sum(0) - np.concatenate([np.zeros_like(counts[:1]), counts])))
    return np.stack(columns, 1)


def _share_of_entropy(counts: np.ndarray) -> np.ndarray:
    """Return I(z; v) / H(v) of tables of counts [m, bins of z, categories of v], [m]."""
    joint = counts / counts.sum((1, 2), keepdims=True)
    h_v, h_z, h = (_entropy(p) for p in (joint.sum(1), joint.sum(2), joint.reshape(len(joint), -1)))
    return (h_v + h_z - h) / h_v


def _entropy(p: np.ndarray) -> np.ndarray:
    """Return the entropy of each row, in nats."""
    return -(p * np.log(np.where(p > 0, p, 1))).sum(1)


def _predictabilities(mu: np.ndarray, values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return how well each dimension alone predicts the factor, [1 + N_GROUPS, D]."""
    is_binary = len(np.unique(values)) == 2
    score = (lambda z, v: best_balanced_accuracy(z, v == values.max())) if is_binary else _r_squared
    kept = [np.ones(len(mu), bool), *(group != g for g in range(N_GROUPS))]
    return np.stack([score(mu[rows], values[rows]) for rows in kept])


def _r_squared(z: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the squared correlation of each dimension of z [n, D] with v [n]; 0 for a constant."""
    z, v = z - z.mean(0), v - v.mean()
    scale = np.square(z).sum(0) * np.square(v).sum()
    return np.divide(np.square(v @ z), scale, out=np.zeros(z.shape[1]), where=scale > 0)


def best_balanced_accuracy(z: np.ndarray, is_high: np.ndarray) -> np.ndarray:
    """Return, for each dimension of z [n, D], the highest mean of the two classes' accuracies that a
    threshold reaches, with either class above it; ½ is chance. is_high bool [n].
    """
    n_high, n_low = is_high.sum(), (~is_high).sum()
    if not (n_high and n_low):
        return np.full(z.shape[1], 0.5)
    order = np.argsort(z, axis=0, kind="stable")
    ordered, high = np.take_along_axis(z, order, 0), is_high[order]
    lead = np.cumsum(~high, 0) / n_low - np.cumsum(high, 0) / n_high  # of the classes below each threshold
    is_end = np.ones(z.shape, bool)
    is_end[:-1] = ordered[1:] > ordered[:-1]  # equal codes are on the same side
    return 0.5 + np.where(is_end, np.abs(lead), 0).max(0) / 2
