"""Compute the aggregate posterior, the mean of all images' posteriors, and its KL divergence from the
prior.
"""

import numpy as np

GRID_POINTS = 801
REACH_SIGMA = 6.0  # standard deviations of each posterior, to either side of its mean
MIN_CELL_SIZE = 0.005  # the smallest cell of the grid of a joint density
MAX_CELLS = 4000  # cells along an axis, at most


def aggregate_posterior(mu: np.ndarray, logvar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return z [GRID_POINTS] and the density [GRID_POINTS] of q(z) = mean over images of N(z; mu,
    exp(logvar)). mu, logvar [n] of one dimension.
    """
    sd = np.exp(logvar.astype(np.float64) / 2)
    z = np.linspace(
        min((mu - REACH_SIGMA * sd).min(), -4), max((mu + REACH_SIGMA * sd).max(), 4), GRID_POINTS
    )
    sd = np.maximum(sd, (z[1] - z[0]) / 2)  # no narrower than the grid resolves
    return z, (np.exp(-((z[:, None] - mu) ** 2) / (2 * sd**2)) / (sd * np.sqrt(2 * np.pi))).mean(1)


def kl_to_prior(z: np.ndarray, density: np.ndarray) -> float:
    """Return KL(q(z) ‖ N(0, 1)) of a density on a grid, nats, by the trapezoid rule."""
    present = density > 0
    integrand = np.zeros_like(density)
    log_ratio = np.log(density[present]) + z[present] ** 2 / 2 + np.log(2 * np.pi) / 2
    integrand[present] = density[present] * log_ratio
    return float(np.trapezoid(integrand, z))


def joint_kl_to_prior(mu: np.ndarray, logvar: np.ndarray) -> float:
    """Return KL(q(z) ‖ N(0, I)) in nats, of q(z) = mean over images of N(mu, diag exp(logvar)); mu, logvar
    [n, 2].

    By the masses that both have in square cells: posteriors narrower than a cell make it smaller than the
    exact value.
    """
    from scipy.special import ndtr

    sd = np.exp(logvar.astype(np.float64) / 2)
    lower, upper = mu - REACH_SIGMA * sd, mu + REACH_SIGMA * sd
    cell = max(MIN_CELL_SIZE, (upper.max(0) - lower.min(0)).max() / MAX_CELLS)
    low = np.floor(lower.min(0) / cell)
    shape = (np.ceil(upper.max(0) / cell) - low).astype(int)
    first, last = np.floor(lower / cell - low).astype(int), np.ceil(upper / cell - low).astype(int)
    mass = np.zeros(shape)
    for centre, width, start, end in zip(mu.astype(np.float64), sd, first, last):
        along = [
            np.diff(ndtr(((low[d] + np.arange(start[d], end[d] + 1)) * cell - centre[d]) / width[d]))
            for d in (0, 1)
        ]
        mass[start[0] : end[0], start[1] : end[1]] += np.outer(*along)
    mass /= mass.sum()
    log_prior = [
        -(((low[d] + np.arange(shape[d]) + 0.5) * cell) ** 2) / 2 - np.log(2 * np.pi) / 2 + np.log(cell)
        for d in (0, 1)
    ]
    row, column = np.nonzero(mass)
    probabilities = mass[row, column]
    return float(probabilities @ (np.log(probabilities) - log_prior[0][row] - log_prior[1][column]))
