"""Estimate gradients of E f(z), z ~ N(mu, sigma²), in three ways, and compute them exactly; f stands for a
decoder's loss.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.models.posterior import GaussianPosterior

N_BATCHES, MAX_SAMPLES = 200, 1000  # samples: in each batch
RIPPLE_FREQUENCY = 4.0  # radians per unit of z
BOOTSTRAP_SAMPLES = 1000  # of the batches, for an interval
LOSS_FUNCTIONS = {"bowl": lambda z: (z - 1) ** 2, "ripples": lambda z: torch.cos(RIPPLE_FREQUENCY * z)}


@dataclass(frozen=True)
class Gradients:
    """Estimates of the gradients with respect to mu and sigma, each [batches, 2], and the exact ones, [2]."""

    direct: np.ndarray
    score: np.ndarray
    pathwise: np.ndarray
    exact: np.ndarray


def sample_noise(seed: int) -> Tensor:
    """Return eps [N_BATCHES, MAX_SAMPLES] from N(0, 1); a smaller batch has the first of them."""
    return torch.randn(
        N_BATCHES, MAX_SAMPLES, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )


def estimate_gradients(loss: str, mu: float, sigma: float, eps: Tensor) -> Gradients:
    """Estimate the gradients of a loss in each way, from eps [batches, n]."""
    f = LOSS_FUNCTIONS[loss]
    return Gradients(
        direct(f, mu, sigma, eps),
        score_function_gradient(f, mu, sigma, eps),
        pathwise_gradient(f, mu, sigma, eps),
        exact_gradient(loss, mu, sigma),
    )


def pathwise_gradient(f, mu: float, sigma: float, eps: Tensor) -> np.ndarray:
    """Return the gradient [batches, 2] that autograd computes through z = mu + sigma·eps (Kingma and Welling,
    ICLR 2014, §2.4).
    """
    mu, sigma = (
        torch.full((len(eps), 1), value, dtype=eps.dtype, requires_grad=True) for value in (mu, sigma)
    )
    z = GaussianPosterior(mu, 2 * torch.log(sigma)).sample(eps)
    f(z).mean(1).sum().backward()
    return torch.cat([mu.grad, sigma.grad], 1).numpy()


def score_function_gradient(f, mu: float, sigma: float, eps: Tensor) -> np.ndarray:
    """Return the mean of f(z)·∇log q(z), [batches, 2]. It needs no slope of f: REINFORCE, without a baseline
    (Williams, 1992).
    """
    losses = f(mu + sigma * eps)
    slopes = eps / sigma, (eps**2 - 1) / sigma  # of log q(z), by mu and by sigma
    return torch.stack([(losses * slope).mean(1) for slope in slopes], 1).numpy()


def direct(f, mu: float, sigma: float, eps: Tensor) -> np.ndarray:
    """Return the gradient [batches, 2] that autograd computes if z is sampled directly: 0, as torch.normal
    passes no gradient to mu and sigma.
    """
    mu, sigma = (torch.full(eps.shape, value, dtype=eps.dtype, requires_grad=True) for value in (mu, sigma))
    z = torch.normal(mu, sigma, generator=torch.Generator().manual_seed(0))
    f(z).mean(1).sum().backward()
    return torch.stack([mu.grad.sum(1), sigma.grad.sum(1)], 1).numpy()


def exact_gradient(loss: str, mu: float, sigma: float) -> np.ndarray:
    """Return the exact gradient [2]: of E (z − 1)² = (mu − 1)² + sigma², or of E cos(a·z) =
    cos(a·mu)·exp(−½a²sigma²).
    """
    if loss == "bowl":
        return np.array([2 * (mu - 1), 2 * sigma])
    a, damped = RIPPLE_FREQUENCY, np.exp(-((RIPPLE_FREQUENCY * sigma) ** 2) / 2)
    return np.array([-a * np.sin(a * mu), -a * a * sigma * np.cos(a * mu)]) * damped


def sample_path(loss: str, mu: float, sigma: float, eps: Tensor) -> dict[str, np.ndarray]:
    """Return eps, z, f(z) and the slope of f there, [n] each, for eps [n]."""
    z = (mu + sigma * eps).requires_grad_()
    losses = LOSS_FUNCTIONS[loss](z)
    losses.sum().backward()
    return {
        "eps": eps.numpy(),
        "z": z.detach().numpy(),
        "loss": losses.detach().numpy(),
        "slope": z.grad.numpy(),
    }


def loss_values(loss: str, z: np.ndarray) -> np.ndarray:
    """Return the loss f(z) [k] at z [k]."""
    return LOSS_FUNCTIONS[loss](torch.as_tensor(z)).numpy()


def spread_ratio(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float]:
    """Return the standard deviation of a divided by that of b, and its 95% bootstrap interval; a, b
    [batches]: estimates of the same batches.
    """
    rows = np.random.default_rng(0).integers(0, len(a), (BOOTSTRAP_SAMPLES, len(a)))
    return float(a.std() / b.std()), *np.quantile(a[rows].std(1) / b[rows].std(1), (0.025, 0.975)).tolist()
