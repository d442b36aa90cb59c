"""What a KL weight costs in distortion, and which one each figure of a ladder would choose."""

from collections.abc import Sequence

import numpy as np
import torch

from explorer.models.autoencoder import Autoencoder
from explorer.objectives.distortion import Likelihood
from explorer.runs import LoadedRun
from explorer.store.run import Frame
from explorer.training.evaluation import evaluate


@torch.inference_mode()
def distortions(model: Autoencoder, likelihood: Likelihood, x: np.ndarray) -> tuple[float, float]:
    """x uint8 [n, C, H, W] -> nats per image: decoded from the mean of each posterior, and from a draw; of an AE, the same twice."""
    images = torch.from_numpy(x).float() / 255
    from_mean = likelihood.distortion(model.decode(model.encode(images).mu), images).mean(dtype=torch.float64).item()
    return from_mean, evaluate(model, likelihood, x).figures.distortion


def decoded(ae: LoadedRun | None, vae: LoadedRun, x: np.ndarray, n_draws: int) -> dict[str, np.ndarray]:
    """x uint8 [n, C, H, W] -> float32 [.., C, H, W] in [0, 1]: the images, each run's decodes of their means, and of always the same
    draws from the prior.
    """
    runs = {"AE": ae, "VAE": vae} if ae else {"VAE": vae}
    back = {name: run.decode(run.encode(x).mu.numpy()) for name, run in runs.items()}
    eps = np.random.default_rng(0).standard_normal((n_draws, vae.run.spec.latent_dim))
    return {"image": x / np.float32(255)} | back | {"draws": vae.decode(eps)}


def choices(film: Sequence[Frame]) -> dict[str, Frame]:
    """Where on a ladder each figure is best: distortion, elbo, and prior_gap if it was measured."""
    best = {"distortion": min(film, key=lambda f: f.distortion), "elbo": min(film, key=lambda f: f.distortion + f.rate)}
    if all(f.prior_gap is not None for f in film):
        best["prior_gap"] = min(film, key=lambda f: f.prior_gap)
    return best
