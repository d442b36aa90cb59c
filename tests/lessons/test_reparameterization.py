"""Gradients of an expectation that the lesson shows as source code, against torch.distributions; and what
becomes of an encoder without them.
"""

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from explorer.lessons.reparameterization.compute import direct, pathwise_gradient, score_function_gradient

LOSSES = {"bowl": lambda z: (z - 1) ** 2, "ripples": lambda z: torch.cos(4 * z)}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("mu, sigma", [(-0.5, 0.8), (2.0, 0.1), (-2.0, 2.0)])
def test_each_estimate_is_what_torch_distributions_makes_of_the_same_noise(loss, mu, sigma):
    f, eps = LOSSES[loss], torch.randn(50, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    m, s = (torch.full((50, 1), v, dtype=torch.float64, requires_grad=True) for v in (mu, sigma))
    z = m + s * eps
    path = torch.cat(torch.autograd.grad(f(z).mean(1).sum(), (m, s)), 1)
    surrogate = (f(z.detach()) * Normal(m, s).log_prob(z.detach())).mean(1).sum()
    score = torch.cat(torch.autograd.grad(surrogate, (m, s)), 1)
    assert np.allclose(pathwise_gradient(f, mu, sigma, eps), path, rtol=1e-9, atol=1e-9)
    assert np.allclose(score_function_gradient(f, mu, sigma, eps), score, rtol=1e-8, atol=1e-9)
    sampled_directly = direct(f, mu, sigma, eps)
    assert sampled_directly.shape == (50, 2) and not sampled_directly.any()


@pytest.mark.parametrize("reparameterized", [False, True])
def test_sampled_directly_a_posterior_collapses_to_the_prior_under_loss_and_kl(reparameterized):
    """Minimise f(z) + KL by gradient descent, with f a steep bowl around 1: only the KL divergence has a
    gradient unless z = mu + sigma·eps.
    """
    torch.manual_seed(0)
    mu, s = (torch.full((512,), v, dtype=torch.float64, requires_grad=True) for v in (0.6, -3.0))
    for _ in range(600):
        eps = torch.randn(512, dtype=torch.float64)
        z = mu + torch.exp(s / 2) * eps if reparameterized else torch.normal(mu, torch.exp(s / 2)).detach()
        loss = (20 * (z - 1) ** 2 + kl_divergence(Normal(mu, torch.exp(s / 2)), Normal(0.0, 1.0))).sum()
        for value, slope in zip((mu, s), torch.autograd.grad(loss, (mu, s))):
            value.data -= 0.02 * slope
    sigma = torch.exp(s / 2)
    # The minimum of 20(mu − 1)² + 20sigma² + KL.
    expected = (40 / 41, 41**-0.5) if reparameterized else (0, 1)
    assert mu.mean().item() == pytest.approx(expected[0], abs=0.03)
    assert sigma.mean().item() == pytest.approx(expected[1], abs=0.03)
