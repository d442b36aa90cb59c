"""The range of each latent dimension, and how much information it has."""

from dataclasses import dataclass, replace

import numpy as np

from explorer.events import ACTIVE_MIN_VARIANCE
from explorer.latent.share import Z95

PRIOR_RANGE_SIGMA = 4


@dataclass(frozen=True)
class Dimension:
    index: int
    low: float
    high: float
    sd: float  # of the codes
    rate: float  # nats per image; 0 for an AE
    collapsed: bool  # the posterior equals the prior; never for an AE, which has no prior


@dataclass(frozen=True)
class DimensionRates:
    """The rate of each dimension, its mean over n images: nats [D], half_width [D] of the 95% interval over
    images, and whether the dimension is active [D], bool.
    """

    n: int
    nats: np.ndarray
    half_width: np.ndarray
    is_active: np.ndarray


def dimension_rates(mu: np.ndarray, logvar: np.ndarray) -> DimensionRates:
    """Return the rate of each dimension of the posteriors N(mu, exp(logvar)), mu and logvar [n, D]. An
    active one has means whose variance is larger than ACTIVE_MIN_VARIANCE (Burda et al., ICLR 2016).
    """
    mu, logvar = mu.astype(np.float64), logvar.astype(np.float64)
    rates = (mu**2 + np.exp(logvar) - logvar - 1) / 2
    error = rates.std(0, ddof=1) / np.sqrt(len(rates)) if len(rates) > 1 else np.zeros(mu.shape[1])
    return DimensionRates(len(mu), rates.mean(0), Z95 * error, mu.var(0) > ACTIVE_MIN_VARIANCE)


@dataclass(frozen=True)
class CodeMoments:
    """The mean and the standard deviation of each dimension of the codes of n images, of a VAE those of its
    aggregate posterior, and the variance of the posterior means; [D] each, with the half-widths of their 95%
    intervals over images.
    """

    n: int
    mean: np.ndarray
    mean_half_width: np.ndarray
    sd: np.ndarray
    sd_half_width: np.ndarray
    variance_of_means: np.ndarray
    variance_half_width: np.ndarray


def measure_moments(mu: np.ndarray, logvar: np.ndarray | None) -> CodeMoments:
    """Return the moments of the codes of n ≥ 2 images; mu, logvar [n, D], logvar None for an AE. A variance
    of the aggregate posterior is that of the means, and the mean of the variances (delta method).
    """
    mu = mu.astype(np.float64)
    mean, root = mu.mean(0), Z95 / np.sqrt(len(mu))
    squares = (mu - mean) ** 2
    of_codes = squares + (0.0 if logvar is None else np.exp(logvar.astype(np.float64)))
    sd = np.sqrt(of_codes.mean(0))
    return CodeMoments(
        len(mu),
        mean,
        root * sd,
        sd,
        root * of_codes.std(0, ddof=1) / np.maximum(2 * sd, 1e-12),
        squares.mean(0),
        root * squares.std(0, ddof=1),
    )


def rank_dimensions(mu: np.ndarray, rates: list[float], has_prior: bool) -> list[Dimension]:
    """Return the dimensions, the most informative first: by rate, or for an AE by spread. mu [n, D], rates of
    the D dimensions.

    A range holds every code, and with a prior at least ±4 of its standard deviations: draws from it all but
    never leave that.
    """
    dimensions = []
    for i, codes in enumerate(mu.T.astype(float)):
        low, high = (
            (min(codes.min(), -PRIOR_RANGE_SIGMA), max(codes.max(), PRIOR_RANGE_SIGMA))
            if has_prior
            else (codes.min(), codes.max())
        )
        low, high = float(np.floor(low * 10) / 10), float(np.ceil(high * 10) / 10)
        dimensions.append(
            Dimension(
                i,
                low,
                high,
                float(codes.std()),
                rates[i],
                bool(has_prior and codes.var() <= ACTIVE_MIN_VARIANCE),
            )
        )
    return sorted(dimensions, key=lambda d: (d.rate, d.sd), reverse=True)


def widen_ranges(dimensions: list[Dimension], film: np.ndarray) -> list[Dimension]:
    """Return the same dimensions, with ranges that also hold every code of a film [frames, n, D]."""
    low, high = np.floor(film.min((0, 1)) * 10) / 10, np.ceil(film.max((0, 1)) * 10) / 10
    return [
        replace(d, low=min(d.low, float(low[d.index])), high=max(d.high, float(high[d.index])))
        for d in dimensions
    ]
