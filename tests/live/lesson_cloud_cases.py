"""What explorer/live/core/posteriors.js and nearest_images.js should compute, by scipy and scikit-learn."""

import numpy as np
from scipy.special import softmax
from scipy.stats import multivariate_normal
from sklearn.neighbors import KNeighborsRegressor

PAIRS = (
    ([[0, 0], [0.5, 1]], [[1, 0.5], [0.7, 0.9]]),
    ([[0, 0], [0, 0]], [[1, 1], [1, 1]]),
    ([[0, 0], [0.2, -2]], [[0.3, 0.3], [0.4, 1.3]]),
    ([[0, 0], [9, 0]], [[1, 1], [1, 1]]),
    ([[0, 0], [30, 0]], [[1, 1], [1, 1]]),
    ([[0.7, -0.3], [0.71, -0.32]], [[0.04, 0.05], [0.03, 0.05]]),
)


def overlap_by_grid(mu, sigma, n: int = 800) -> float:
    """Return the overlap of two Gaussians mu, sigma [2, 2], on a fine grid around both."""
    mu, sigma = np.asarray(mu, float), np.asarray(sigma, float)
    axes = [np.linspace((m - 8 * s).min(), (m + 8 * s).max(), n) for m, s in zip(mu.T, sigma.T)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    densities = [multivariate_normal(m, np.diag(s**2)).pdf(grid) for m, s in zip(mu, sigma)]
    return float(np.minimum(*densities).sum() * np.prod([axis[1] - axis[0] for axis in axes]))


def posterior_cases() -> dict:
    rng = np.random.default_rng(7)
    shape, bounds = (30, 50), (-2.0, 1.0, 3.0, 4.0)
    linear, constant, light = rng.normal(0, 4, shape), rng.normal(0, 4, shape), 0.4
    log_joint = light * linear + constant
    weight = softmax(log_joint)
    x, y = (low + (np.arange(n) + 0.5) / n * (high - low) for n, low, high in ((50, -2, 3), (30, 1, 4)))
    mean = np.array([weight.sum(0) @ x, weight.sum(1) @ y])
    variance = np.array([weight.sum(0) @ (x - mean[0]) ** 2, weight.sum(1) @ (y - mean[1]) ** 2])
    return {
        "overlaps": [
            {"mu": mu, "sigma": sigma, "expected": overlap_by_grid(mu, sigma)} for mu, sigma in PAIRS
        ],
        "densities": [_relative_density(rng) for _ in range(20)],
        "grid": {
            "linear": linear.ravel(),
            "constant": constant.ravel(),
            "shape": shape,
            "bounds": bounds,
            "light": light,
            "mu": mean,
            "sigma": np.sqrt(variance),
            "density": (weight / weight.max()).ravel(),
        },
        "window": [-0.55, 0.2, 1.0, 1.95],  # between cells, and beyond the lowest row
        "cropped": constant[:10, 14:30].ravel(),
        "croppedBounds": [-0.6, 1.0, 1.0, 2.0],
    }


def _relative_density(rng) -> dict:
    z, mu, sigma = rng.normal(0, 1, 2), rng.normal(0, 1, 2), np.exp(rng.uniform(-1, 1, 2))
    density = multivariate_normal(mu, np.diag(sigma**2)).pdf
    return {"z": z, "mu": mu, "sigma": sigma, "expected": density(z) / density(mu)}


def nearest_cases() -> dict:
    rng = np.random.default_rng(8)
    images = rng.integers(0, 256, (60, 49)).astype(np.uint8)
    labels, queries = rng.uniform(0, 1, 60), rng.uniform(0, 1, (10, 49))
    model = KNeighborsRegressor(5).fit(images / 255, labels)
    return {
        "images": images.ravel(),
        "labels": labels,
        "queries": queries,
        "expected": model.predict(queries),
    }
