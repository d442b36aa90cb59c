"""Estimate gradients of E f(z), z ~ N(mu, sigma²), in three ways; f stands for a decoder's loss.

The figure computes the same in the browser (explorer/live/core/gradients.js).
"""

import numpy as np
import torch
from torch import Tensor

from explorer.models.posterior import GaussianPosterior


def pathwise_gradient(f, mu: float, sigma: float, eps: Tensor) -> np.ndarray:
    """Return the gradient [batches, 2] with respect to mu and sigma that autograd computes through z = mu +
    sigma·eps, from eps [batches, n] (Kingma and Welling, ICLR 2014, §2.4).
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
