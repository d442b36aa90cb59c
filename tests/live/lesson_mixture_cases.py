"""What explorer/live/core/mixture.js should compute, by scipy; the lesson's VAE, by torch."""

import numpy as np
import torch
from safetensors import numpy as safetensors
from scipy import integrate, stats

from explorer.lessons.mixture.compute import build_network
from explorer.lessons.mixture.fits import fits_block

X = np.linspace(-3.9, 4.4, 40)
COUNTS = (1, 2, 3, 7, 100)


def read_decoder() -> torch.nn.Module:
    """Return the decoder of the lesson's VAE."""
    decoder, tensors = build_network(), safetensors.load(fits_block().content)
    decoder.load_state_dict({k: torch.from_numpy(tensors[f"decoder.{k}"][0]) for k in decoder.state_dict()})
    return decoder


def decode(decoder: torch.nn.Module, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    with torch.inference_mode():
        mean, logvar = decoder(torch.tensor(z, dtype=torch.float32)[:, None]).double().numpy().T
    return mean, np.exp(logvar / 2)


def infinite_density(decoder: torch.nn.Module, x: float) -> float:
    """Return ∫ N(x; m(z), s(z)²) N(z; 0, 1) dz by an adaptive rule."""

    def integrand(z: float) -> float:
        (mean,), (sd,) = decode(decoder, np.array([z]))
        return stats.norm.pdf(z) * stats.norm.pdf(x, mean, sd)

    return integrate.quad(integrand, -6, 6, limit=200, points=[-1, 0, 1], epsrel=1e-5)[0]


def mixture_cases() -> dict:
    rng = np.random.default_rng(6)
    weight, mean, sd = rng.dirichlet(np.ones(5)), rng.normal(0, 2, 5), np.exp(rng.uniform(-2, 0, 5))
    decoder, z, few = read_decoder(), np.linspace(-3, 3, 25), X[3::10]
    return {
        "x": X,
        "mixture": {"weight": weight, "mean": mean, "sd": sd},
        "density": stats.norm.pdf(X[:, None], mean, sd) @ weight,
        "points": [{"n": n, "z": stats.norm.ppf((np.arange(n) + 0.5) / n)} for n in COUNTS],
        "values": X**2,
        "positions": few + 0.07,
        "interpolated": np.interp(few + 0.07, X, X**2),
        "block": fits_block(),
        "z": z,
        "decoded": np.stack(decode(decoder, z), 1).ravel(),
        "few": few,
        "infinite": [infinite_density(decoder, x) for x in few],
    }
