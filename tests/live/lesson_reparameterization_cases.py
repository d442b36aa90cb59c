"""What explorer/live/core/gradients.js should compute, by torch.distributions and by quadrature."""

import numpy as np
import torch
from scipy.integrate import quad
from scipy.stats import norm
from torch.distributions import Normal

N_BATCHES, STRIDE = 6, 20
LOSSES = {"bowl": lambda z: (z - 1) ** 2, "ripples": lambda z: torch.cos(4 * z)}
PLACES = ((-0.5, 0.8, 20), (2.0, 0.1, 1), (-2.0, 2.0, 7), (1.0, 1.0, 20), (0.3, 0.2, 13))


def gradient_cases() -> dict:
    eps = np.random.default_rng(4).standard_normal((N_BATCHES, STRIDE))
    return {
        "eps": eps.ravel(),
        "stride": STRIDE,
        "cases": [_case(name, *place, eps) for name in LOSSES for place in PLACES],
    }


def _case(name: str, mu: float, sigma: float, n: int, eps: np.ndarray) -> dict:
    f = LOSSES[name]
    m, s = (torch.full((N_BATCHES, 1), v, dtype=torch.float64, requires_grad=True) for v in (mu, sigma))
    z = m + s * torch.tensor(eps[:, :n])
    path = torch.autograd.grad(f(z).mean(1).sum(), (m, s))
    surrogate = (f(z.detach()) * Normal(m, s).log_prob(z.detach())).mean(1).sum()
    score = torch.autograd.grad(surrogate, (m, s))
    return {
        "name": name,
        "mu": mu,
        "sigma": sigma,
        "n": n,
        "pathwise": torch.stack(path).flatten().numpy(),
        "score": torch.stack(score).flatten().numpy(),
        "exact": [_slope(name, mu, sigma, 1, 0), _slope(name, mu, sigma, 0, 1)],
    }


def _slope(name: str, mu: float, sigma: float, by_mu: float, by_sigma: float, h: float = 1e-4) -> float:
    """Return a derivative of E f(z), by quadrature at two points."""

    def expectation(step: float) -> float:
        m, s = mu + step * by_mu, sigma + step * by_sigma

        def integrand(z: float) -> float:
            return LOSSES[name](torch.tensor(z, dtype=torch.float64)).item() * norm.pdf(z, m, s)

        return quad(integrand, m - 9 * s, m + 9 * s, limit=400, epsabs=1e-11)[0]

    return (expectation(h) - expectation(-h)) / (2 * h)
