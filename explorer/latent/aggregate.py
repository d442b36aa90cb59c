"""The aggregate posterior: the mean of all images' posteriors, which the prior is meant to be."""

import numpy as np

GRID = 801
REACH = 6.0  # standard deviations of each posterior, to either side of its mean


def aggregate_posterior(mu: np.ndarray, logvar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """mu, logvar [n] of one dimension -> z [GRID], density [GRID] of q(z) = mean over images of N(z; mu, exp(logvar))."""
    sd = np.exp(logvar.astype(np.float64) / 2)
    z = np.linspace(min((mu - REACH * sd).min(), -4), max((mu + REACH * sd).max(), 4), GRID)
    sd = np.maximum(sd, (z[1] - z[0]) / 2)  # no cloud is narrower than the grid tells apart
    return z, (np.exp(-((z[:, None] - mu) ** 2) / (2 * sd**2)) / (sd * np.sqrt(2 * np.pi))).mean(1)


def kl_to_prior(z: np.ndarray, density: np.ndarray) -> float:
    """KL(q(z) ‖ N(0, 1)) of a density on a grid, nats, by the trapezoid rule."""
    there = density > 0
    integrand = np.zeros_like(density)
    integrand[there] = density[there] * (np.log(density[there]) + z[there] ** 2 / 2 + np.log(2 * np.pi) / 2)
    return float(np.trapezoid(integrand, z))
