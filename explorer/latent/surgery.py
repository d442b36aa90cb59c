"""Take the rate of a VAE apart: rate = I(x; z) + total correlation + Σ KL(q(z_d) ‖ p(z_d)), where q(z) is the
aggregate posterior (Hoffman and Johnson, NIPS workshop 2016; Chen et al., NeurIPS 2018).

Of n images, whose posteriors are known, I(x; z) = E log q(z|x) / q(z) is at most ln n. Over sets of n images
it is on average too small for all images that they are taken from, and too large where the own posterior of
each z is left out of q(z) (Poole et al., ICML 2019): the bracket lies between the two.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.errors import UserError
from explorer.latent.aggregate import CellMasses, aggregate_masses
from explorer.latent.share import Z95

N_SAMPLES = 1000  # images of which one z each is sampled
MAX_GRID_ERROR = 0.01  # nats of a KL divergence by a grid, of which the cells are then small enough
MAX_WIDTH = 1.0  # nats of a bracket around an estimate; in a wider one there is none
MAX_OWN_SHARE = 1 - 1e-9  # of an image's own posterior in a marginal density
MIN_DENSITY = 1e-300
CHUNK_ELEMENTS = 2**22  # numbers that are computed at once


@dataclass(frozen=True)
class Term:
    """A term of the rate, in nats. value: of the n images, None where it is not known within MAX_WIDTH; low,
    high: between them, at 95%, lies that of all images which the n are taken from.
    """

    value: float | None
    low: float
    high: float

    def __str__(self) -> str:
        """Return text such as 6.99 (6.97 to 7.04), or 10.8 to 18.6."""
        bracket = f"{self.low:.2f} to {self.high:.2f}"
        return bracket if self.value is None else f"{self.value:.2f} ({bracket})"


@dataclass(frozen=True)
class Surgery:
    """The terms of the rate, the mean over n images. n_samples: of them, one z each was sampled."""

    n: int
    n_samples: int
    rate: float
    mutual_information: Term
    total_correlation: Term
    marginal_kl: Term

    @property
    def most_information(self) -> float:
        """Return ln n, the most that I(x; z) of n images can be."""
        return float(np.log(self.n))

    @property
    def note(self) -> str:
        """Return why there is no value of I(x; z), in a sentence, or an empty string."""
        if self.mutual_information.value is not None:
            return ""
        return (
            f"For I(x; z) there are only bounds. The lower one is that of {self.n:,} images, which is at most"
            f" ln {self.n:,} = {self.most_information:.1f} nats."
        )


def take_rate_apart(
    mu: np.ndarray,
    logvar: np.ndarray,
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Surgery:
    """Return the terms of the mean rate of n posteriors N(mu, diag exp(logvar)); mu, logvar [n, D].

    on_progress: of (samples that are done, their number). Raises UserError for fewer than two posteriors.
    """
    if len(mu) < 2:
        raise UserError("A rate has these terms over two training images or more. Use more images.")
    mu, logvar = mu.astype(np.float64), logvar.astype(np.float64)
    (n, dim), rng = mu.shape, np.random.default_rng(seed)
    rates = (mu**2 + np.exp(logvar) - logvar - 1).sum(1) / 2
    rows = np.sort(rng.choice(n, min(N_SAMPLES, n), replace=False))
    z = mu[rows] + np.exp(logvar[rows] / 2) * rng.standard_normal((len(rows), dim))
    own = _log_normal(z, mu[rows], logvar[rows])  # [samples, D]
    log_q, log_q_of_others = _log_aggregate(z, mu, logvar, rows, own.sum(1), on_progress)
    marginals = [aggregate_masses(mu[:, [d]], logvar[:, [d]]) for d in range(dim)]
    log_marginals = np.stack([_log_density(m, z[:, d]) for d, m in enumerate(marginals)], 1)

    # of each sample: the logarithms whose means are the terms, and by how much leaving it out moves them
    information, correlation = own.sum(1) - log_q, log_q - log_marginals.sum(1)
    marginal = (log_marginals - _log_normal(z)).sum(1)
    shift = log_q - log_q_of_others
    own_share = np.minimum(np.exp(own - log_marginals) / n, MAX_OWN_SHARE)
    marginal_shift = (np.log1p(-1 / n) - np.log1p(-own_share)).sum(1)
    none = np.zeros(len(rows))

    joint = aggregate_masses(mu, logvar) if dim == 2 else marginals[0] if dim == 1 else None
    error, marginal_error = (
        np.inf if joint is None else _grid_error(joint),
        sum(map(_grid_error, marginals)),
    )
    by_grid = error < MAX_GRID_ERROR
    error, n_observed = (error, n) if by_grid else (0.0, len(rows))
    rate, marginal_kl = rates.mean(), sum(m.kl_to_prior() for m in marginals)
    value = rate - joint.kl_to_prior() if joint and by_grid else information.mean()
    low, high = _ends(value, information, n_observed, error, none, shift)
    marginal_low, marginal_high = _ends(marginal_kl, marginal, n, marginal_error, marginal_shift, none)
    rest = rate - value - marginal_kl
    rest_low, rest_high = _ends(rest, correlation, n_observed, error + marginal_error, shift, marginal_shift)
    most = rate + Z95 * rates.std() / np.sqrt(n) - marginal_low  # as no term is negative
    return Surgery(
        n,
        len(rows),
        float(rate),
        _term(value, low, min(high, max(most, low)), by_grid),
        _term(rest, rest_low, min(rest_high, max(most - low, rest_low)), by_grid),
        _term(marginal_kl, marginal_low, marginal_high, marginal_error < MAX_GRID_ERROR),
    )


def _ends(
    value: float, logarithms: np.ndarray, n: int, error: float, below: np.ndarray, above: np.ndarray
) -> tuple[float, float]:
    """Return the ends of the bracket of a term, the mean over n images of such logarithms, each [samples];
    error: of the grid; below, above: of each sample, how much smaller and larger the term may be.
    """
    low, high = (
        value
        + sign * (max(shift.mean(), 0) + error)
        + sign * Z95 * np.sqrt(logarithms.var() / n + shift.var() / len(shift))
        for sign, shift in ((-1, below), (1, above))
    )
    return max(low, 0.0), max(high, 0.0)


def _term(value: float, low: float, high: float, by_grid: bool) -> Term:
    is_known = by_grid and high - low < MAX_WIDTH
    return Term(max(float(value), 0.0) if is_known else None, float(low), float(high))


def _grid_error(cells: CellMasses) -> float:
    """Return how far the KL divergence by these cells is from that of the densities: a third of what cells of
    twice the size change, as the error grows with the square of their size.
    """
    return abs(cells.kl_to_prior() - cells.in_larger_cells().kl_to_prior()) / 3


def _log_normal(z: np.ndarray, mu: np.ndarray | float = 0.0, logvar: np.ndarray | float = 0.0) -> np.ndarray:
    """Return log N(z; mu, exp(logvar)) of each number, in the shape of z."""
    return -((z - mu) ** 2 / np.exp(logvar) + logvar + np.log(2 * np.pi)) / 2


def _log_density(cells: CellMasses, z: np.ndarray) -> np.ndarray:
    """Return the log density of z [k], of masses along one axis, interpolated between midpoints."""
    return np.log(np.maximum(np.interp(z, cells.midpoints(0), cells.mass / cells.size), MIN_DENSITY))


def _log_aggregate(
    z: np.ndarray,
    mu: np.ndarray,
    logvar: np.ndarray,
    rows: np.ndarray,
    own: np.ndarray,
    on_progress: Callable[[int, int], None],
) -> tuple[np.ndarray, np.ndarray]:
    """Return log q(z) [k], and that of the aggregate posterior of the other images, for z [k, D]: z[i] is of
    image rows[i], under whose posterior its log density is own[i].
    """
    n, precision = len(mu), np.exp(-logvar)
    constant = -(mu**2 * precision + logvar + np.log(2 * np.pi)).sum(1) / 2
    log_others, step = np.empty(len(z)), max(1, CHUNK_ELEMENTS // n)
    for start in range(0, len(z), step):
        part = slice(start, start + step)
        log = constant + z[part] @ (mu * precision).T - z[part] ** 2 @ precision.T / 2
        log[np.arange(len(log)), rows[part]] = -np.inf
        top = log.max(1, keepdims=True)
        log -= top
        log_others[part] = top[:, 0] + np.log(np.exp(log, out=log).sum(1))
        on_progress(min(start + step, len(z)), len(z))
    return np.logaddexp(log_others, own) - np.log(n), log_others - np.log(n - 1)
