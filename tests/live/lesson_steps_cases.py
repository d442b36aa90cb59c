"""What core/linear_decoder.js should compute: the bound by torch.distributions, the E step by Bayes' rule,
the M step by a numerical search, and maximum likelihood by scikit-learn.
"""

import numpy as np
import torch
from scipy import optimize, stats
from sklearn.decomposition import PCA
from torch.distributions import Independent, Normal, kl_divergence


def bound(points: np.ndarray, w, sigma: float, means: np.ndarray, sd: float) -> float:
    """Return the mean over the points of E_q log p(x|z) − KL(q‖p(z)), by Gauss and Hermite's rule, which is
    exact for a square.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(5)
    z = torch.from_numpy(means[:, None] + sd * nodes)[..., None]
    decoded = Independent(Normal(z * torch.as_tensor(w, dtype=z.dtype), sigma), 1)
    log_likelihood = decoded.log_prob(torch.from_numpy(points)[:, None]).numpy() @ weights / weights.sum()
    prior = Normal(torch.tensor(0.0, dtype=torch.float64), 1.0)
    rate = kl_divergence(Normal(torch.from_numpy(means), sd), prior).numpy()
    return float((log_likelihood - rate).mean())


def exact_posterior(points: np.ndarray, w, sigma: float) -> tuple[np.ndarray, float]:
    """Return the means [n] and the standard deviation of p(z|x), of the joint Gaussian of z and x."""
    gain = np.asarray(w) @ np.linalg.inv(np.outer(w, w) + sigma**2 * np.eye(2))
    return points @ gain, float(np.sqrt(1 - gain @ w))


def best_decoder(points: np.ndarray, means: np.ndarray, sd: float) -> tuple[np.ndarray, float]:
    """Return w and sigma at which a numerical search finds the highest bound."""

    def shortfall(v: np.ndarray) -> float:
        return -bound(points, v[:2], np.exp(v[2]), means, sd)

    *w, log_sigma = optimize.minimize(shortfall, [0, 0, 0], method="BFGS", tol=1e-8).x
    return np.array(w), float(np.exp(log_sigma))


def linear_decoder_cases() -> dict:
    rng = np.random.default_rng(8)
    points = rng.normal(size=(30, 1)) * [1.4, -0.8] + rng.normal(0, 0.5, (30, 2))
    points -= points.mean(0)
    states = []
    for w, sigma in (([0.3, 0.9], 1.1), ([1.2, -0.5], 0.4)):
        means, sd = rng.normal(size=30), float(rng.uniform(0.3, 1))
        posterior = Normal(
            *(torch.as_tensor(v, dtype=torch.float64) for v in exact_posterior(points, w, sigma))
        )
        best_w, best_sigma = best_decoder(points, means, sd)
        states.append(
            {
                "w": w,
                "sigma": sigma,
                "means": means,
                "sd": sd,
                "evidence": stats.multivariate_normal([0, 0], np.outer(w, w) + sigma**2 * np.eye(2))
                .logpdf(points)
                .mean(),
                "bound": bound(points, w, sigma, means, sd),
                "gap": kl_divergence(Normal(torch.from_numpy(means), sd), posterior).mean().item(),
                "best_w": best_w,
                "best_sigma": best_sigma,
            }
        )
    means, sd = exact_posterior(points, [0.3, 0.9], 1.1)
    pca, scale = PCA(1).fit(points), (len(points) - 1) / len(points)  # its covariance is divided by n - 1
    covariance = np.cov(points.T, bias=True)
    noise = float(scale * pca.noise_variance_)
    return {
        "points": points,
        "decoder": {"w": [0.3, 0.9], "sigma": 1.1},
        "posteriors": {"means": means, "sd": sd},
        "states": states,
        "covariance": covariance,
        "highest": stats.multivariate_normal([0, 0], covariance).logpdf(points).mean(),
        "loadings": pca.components_[0] * np.sqrt(scale * pca.explained_variance_[0] - noise),
        "noise": noise,
    }
