"""Estimate the gap of a set of codes (explorer.latent.gaps) and how far the estimate may be from the truth.

The estimate is the mean of N_MEASUREMENTS measurements, each with new posterior samples and new draws. Its
variance has two parts: the spread of the measurements over N_MEASUREMENTS, and the variance over the images
whose codes they are, by a delete-a-group jackknife (Efron and Stein, 1981). A group that is left out takes
its codes from the draws that they cover, and moves the Gaussian fitted to the codes; the draws are then
weighted by the ratio of the two Gaussians' densities instead of drawn anew.
"""

from functools import lru_cache

import numpy as np

from explorer.errors import UserError
from explorer.latent.densities.density import Density
from explorer.latent.gaps import (
    K_NEIGHBOURS,
    MAX_CODES,
    MIN_RELATIVE_VARIANCE,
    fit_gaussian,
    kth_distances,
    neighbours,
    sample_posteriors,
)
from explorer.latent.share import Share, is_larger

N_MEASUREMENTS = 10
N_JACKKNIFE_GROUPS = 50  # of images, each left out once
MAX_LOG_DENSITY_RATIO = 30.0  # limit of the log ratio of two Gaussians' densities


class GapEstimate(Share):
    """The share of samples that lie in gaps. n: the number of codes, and of samples, of each measurement.

    Gaps of different n are not comparable. The interval is over samples and images; another training differs
    by more.
    """


def is_smaller(a: GapEstimate, b: GapEstimate) -> bool:
    """Return whether gap a is smaller than gap b, as is_larger tells; never if they are of different numbers
    of codes.
    """
    return a.n == b.n and is_larger(b, a)


def estimate_gap(mu: np.ndarray, logvar: np.ndarray | None, n: int = MAX_CODES, seed: int = 0) -> GapEstimate:
    """Estimate the gap of draws from the Gaussian fitted to the codes. mu, logvar [N, D] of N images; logvar
    None for an AE, whose codes are mu.

    Each measurement takes at most n of the images. Raises UserError if there are too few, or all codes are
    one point.
    """
    return _estimate(mu, logvar, n, seed, fitted=True)


def estimate_prior_gap(mu: np.ndarray, logvar: np.ndarray, n: int = MAX_CODES, seed: int = 0) -> GapEstimate:
    """Estimate the gap of draws from the prior N(0, I), otherwise as estimate_gap does."""
    return _estimate(mu, logvar, n, seed, fitted=False)


def estimate_gaps(mu: np.ndarray, logvar: np.ndarray | None) -> tuple[GapEstimate, GapEstimate | None]:
    """Estimate the gap and, if there is a prior, the prior gap; otherwise as estimate_gap does."""
    return estimate_gap(mu, logvar), None if logvar is None else estimate_prior_gap(mu, logvar)


def estimate_density_gap(
    density: Density, mu: np.ndarray, logvar: np.ndarray | None, n: int = MAX_CODES, seed: int = 0
) -> GapEstimate:
    """Estimate the gap of draws from a density that was not fitted to these codes, otherwise as estimate_gap
    does. Distances are in standard deviations of the Gaussian fitted to the codes.
    """
    return _estimate(mu, logvar, n, seed, fitted=False, density=density)


def _estimate(
    mu: np.ndarray,
    logvar: np.ndarray | None,
    n: int,
    seed: int,
    fitted: bool,
    density: Density | None = None,
) -> GapEstimate:
    n_images, rng = len(mu), np.random.default_rng(seed)
    n = max(0, min(n, n_images))
    if n <= K_NEIGHBOURS:
        raise UserError(
            f"A gap is measured with more than {K_NEIGHBOURS} codes, and there are {n}. Use more test images."
        )
    groups = min(N_JACKKNIFE_GROUPS, n_images)
    group = rng.permutation(n_images) % groups
    shares, without = np.empty(N_MEASUREMENTS), np.empty((N_MEASUREMENTS, groups))
    for i in range(N_MEASUREMENTS):
        rows = rng.choice(n_images, n, replace=False)
        codes = sample_posteriors(mu[rows], None if logvar is None else logvar[rows], rng)
        if fitted:
            codes = fit_gaussian(codes).whiten(codes)
        if density:
            whitening = fit_gaussian(codes)
            codes, draws = whitening.whiten(codes), whitening.whiten(density.sample(n, rng))
            radii = kth_distances(draws, draws, K_NEIGHBOURS, exclude_self=True)
        else:
            draws, radii = draws_with_radii(n, codes.shape[1], seed, i)
        shares[i], without[i] = _measure(codes, group[rows], groups, draws, radii, fitted)
    without -= without.mean(1, keepdims=True)
    image_variance = (
        (groups - 1) / groups * (without.mean(0) ** 2 - without.var(0, ddof=1) / N_MEASUREMENTS).sum()
    )
    return GapEstimate.from_error(
        shares.mean(), np.sqrt(max(image_variance, 0) + shares.var(ddof=1) / N_MEASUREMENTS), n
    )


@lru_cache(maxsize=8)
def _draws(n: int, dim: int, seed: int) -> np.ndarray:
    return np.random.default_rng([seed, n, dim]).standard_normal((N_MEASUREMENTS, n, dim))


@lru_cache(maxsize=8 * N_MEASUREMENTS)
def draws_with_radii(n: int, dim: int, seed: int, measurement: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the n draws of a measurement from N(0, I), [n, dim], and the distance of each one's K-th
    nearest, [n]. measurement: its number, below N_MEASUREMENTS.
    """
    draws = _draws(n, dim, seed)[measurement]
    return draws, kth_distances(draws, draws, K_NEIGHBOURS, exclude_self=True)


def _measure(
    codes: np.ndarray, group: np.ndarray, groups: int, draws: np.ndarray, radii: np.ndarray, fitted: bool
) -> tuple[float, np.ndarray]:
    """Return the gap, and the gap [groups] without the codes of each group."""
    distance, rows = neighbours(codes, draws, 3)
    nearest, *other_groups = group[rows].T
    # unless all three belong to one group
    other_distance = np.select([other != nearest for other in other_groups], distance.T[1:], np.inf)
    weights, farther = np.ones(len(draws)), radii
    without = np.empty(groups)
    for g in range(groups):
        if fitted:
            log = _log_ratio(codes, codes[group == g], draws)
            # denser samples have nearer neighbours
            weights = np.exp(log)
            farther = radii * np.exp(-log / draws.shape[1])
        in_gap = np.where(nearest == g, other_distance, distance[:, 0]) > farther
        without[g] = weights @ in_gap / weights.sum()
    return float((distance[:, 0] > radii).mean()), without


def _log_ratio(codes: np.ndarray, excluded: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return the log density [k] of the Gaussian fitted to the other codes, less that of N(0, I). codes [n,
    D] whitened, excluded [m, D] of them, draws [k, D].
    """
    n, dim = len(codes) - len(excluded), codes.shape[1]
    mean = -excluded.sum(0) / n
    covariance = (len(codes) * np.eye(dim) - excluded.T @ excluded) / n - np.outer(mean, mean)
    variances, directions = np.linalg.eigh(covariance)
    if not variances[0] > MIN_RELATIVE_VARIANCE:  # too few codes to span all dimensions without that group
        return np.zeros(len(draws))
    whitened = (draws - mean) @ (directions / np.sqrt(variances))
    log = (np.square(draws).sum(1) - np.square(whitened).sum(1) - np.log(variances).sum()) / 2
    return np.clip(log, -MAX_LOG_DENSITY_RATIO, MAX_LOG_DENSITY_RATIO)
