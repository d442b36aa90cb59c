"""What core/linear_vae.js should compute, by scikit-learn, torch.distributions and gradient descent."""

import numpy as np
import torch
from sklearn.decomposition import PCA
from torch.distributions import MultivariateNormal, kl_divergence

N_DIMENSIONS = 5
SIGMAS = (0.05, 0.3, 0.5, 0.8, 3.0)  # in all dimensions, in some, in none
TRAINED_SIGMA = 0.4


def linear_vae_cases() -> dict:
    """Return the spectrum of images of twelve pixels, and what a linear VAE does with them at each sigma."""
    rng = np.random.default_rng(7)
    x = rng.beta(0.5, 0.5, (60, 4)) @ rng.normal(0, 0.5, (4, 12)) + rng.normal(0, 0.2, (60, 12))
    pca = PCA(12).fit(x)
    variances = pca.explained_variance_ * (len(x) - 1) / len(x)
    return {
        "spectrum": {
            "variances": variances[:N_DIMENSIONS],
            "rest": variances[N_DIMENSIONS:].sum(),
            "pixelCount": 12,
        },
        "mean": pca.mean_,
        "components": pca.components_[:N_DIMENSIONS],
        "x": x[:4],
        "cases": [measure(x, pca, variances, sigma) for sigma in SIGMAS],
        "best": np.sqrt(PCA(N_DIMENSIONS).fit(x).noise_variance_ * (len(x) - 1) / len(x)),
        "trained": {"sigma": TRAINED_SIGMA, "logLikelihood": train(x, TRAINED_SIGMA)},
    }


def measure(x: np.ndarray, pca: PCA, variances: np.ndarray, sigma: float) -> dict:
    """Return the figures of the decoder of equation 7 of Tipping and Bishop (1999) with the exact posterior,
    image by image, and what it decodes from the posterior means of the first four.
    """
    lengths = np.sqrt(np.maximum(variances[:N_DIMENSIONS] - sigma**2, 0))
    w = pca.components_[:N_DIMENSIONS].T * lengths
    inverse = np.linalg.inv(w.T @ w + sigma**2 * np.eye(N_DIMENSIONS))
    means, covariance = (x - pca.mean_) @ w @ inverse, sigma**2 * inverse
    posterior = MultivariateNormal(torch.tensor(means), torch.tensor(covariance))
    prior = MultivariateNormal(
        torch.zeros(N_DIMENSIONS, dtype=torch.float64), torch.eye(N_DIMENSIONS, dtype=torch.float64)
    )
    decoded = pca.mean_ + means @ w.T
    marginal = MultivariateNormal(
        torch.tensor(pca.mean_), torch.tensor(w @ w.T + sigma**2 * np.eye(x.shape[1]))
    )
    return {
        "sigma": sigma,
        "used": int((lengths > 0).sum()),
        "rate": kl_divergence(posterior, prior).mean().item(),
        "squaredError": ((x - decoded) ** 2).sum(1).mean() + np.trace(w @ covariance @ w.T),
        "logLikelihood": marginal.log_prob(torch.tensor(x)).mean().item(),
        "decoded": decoded[:4],
    }


def train(x: np.ndarray, sigma: float) -> float:
    """Return the highest mean log p(x), in nats, that a gradient finds for W from random numbers."""
    images = torch.tensor(x - x.mean(0))
    w = torch.tensor(np.random.default_rng(8).normal(0, 0.3, (x.shape[1], N_DIMENSIONS)), requires_grad=True)
    optimizer = torch.optim.LBFGS([w], max_iter=500, tolerance_change=1e-12, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        covariance = w @ w.T + sigma**2 * torch.eye(len(w), dtype=torch.float64)
        value = (
            -MultivariateNormal(torch.zeros(len(w), dtype=torch.float64), covariance).log_prob(images).mean()
        )
        value.backward()
        return value

    optimizer.step(loss)
    return -loss().item()
