"""Measure how much distortion a KL weight costs, and which trained KL weight is best by each figure."""

from collections.abc import Mapping

import numpy as np
import torch

from explorer.latent.difference import mean_difference
from explorer.latent.gap_estimate import GapEstimate, is_smaller
from explorer.models.autoencoder import Autoencoder
from explorer.objectives.distortion import Likelihood
from explorer.objectives.rate import kl_per_dimension
from explorer.runs.load import LoadedRun

N_POSTERIOR_SAMPLES = 4  # posterior samples of each image


@torch.inference_mode()
def distortions(model: Autoencoder, likelihood: Likelihood, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distortion, in nats, of each image of x uint8 [n, C, H, W], decoded from its posterior mean
    [n], and from samples of its posterior [N_POSTERIOR_SAMPLES, n]. An AE has the same values in all rows.
    """
    images = torch.from_numpy(x).float() / 255
    posterior, rng = model.encode(images), torch.Generator().manual_seed(0)
    noise = torch.randn((N_POSTERIOR_SAMPLES, *posterior.mu.shape), generator=rng)
    return (
        likelihood.distortion(model.decode(posterior.mu), images).numpy(),
        torch.stack(
            [likelihood.distortion(model.decode(posterior.sample(eps)), images) for eps in noise]
        ).numpy(),
    )


@torch.inference_mode()
def rates(model: Autoencoder, x: np.ndarray) -> np.ndarray:
    """Return the rate of each image of x uint8 [n, C, H, W], [n] in nats."""
    return kl_per_dimension(model.encode(torch.from_numpy(x).float() / 255)).sum(1).numpy()


def sampling_error(sampled: np.ndarray, n_images: int) -> float:
    """Return the standard error, in nats, that one posterior sample per image leaves in the mean distortion
    of n_images images. sampled [N_POSTERIOR_SAMPLES, n]: distortions of n images.
    """
    return float(np.sqrt(sampled.var(0, ddof=1).mean() / n_images))


def decode_rows(ae: LoadedRun | None, vae: LoadedRun, x: np.ndarray, n_samples: int) -> dict[str, np.ndarray]:
    """Return rows of images, float32 [.., C, H, W] in [0, 1]: the images x uint8 [n, C, H, W], each model's
    reconstructions from posterior means, and decoded samples of the prior, always the same. A decoded image
    is the mean E[x|z], not a sample of p(x|z).
    """
    runs = {"AE": ae, "VAE": vae} if ae else {"VAE": vae}
    reconstructions = {name: run.decode(run.encode(x).mu.numpy()) for name, run in runs.items()}
    eps = np.random.default_rng(0).standard_normal((n_samples, vae.run.spec.latent_dim))
    return {"image": x / np.float32(255)} | reconstructions | {"samples": vae.decode(eps)}


def lowest_mean(values: Mapping[float, np.ndarray]) -> tuple[float, list[float]]:
    """Return the KL weight with the lowest mean, and the others whose difference from it is not established
    at 95%. values [n] of the same n images, at each KL weight.
    """
    best = min(values, key=lambda beta: values[beta].mean())
    return best, [
        beta for beta in values if beta != best and mean_difference(values[beta], values[best]).sign == 0
    ]


def smallest_gap(gaps: Mapping[float, GapEstimate]) -> tuple[float, list[float]]:
    """Return the KL weight with the smallest gap, and the others whose difference from it is not established
    at 95%.
    """
    best = min(gaps, key=lambda beta: gaps[beta].share)
    return best, [beta for beta in gaps if beta != best and not is_smaller(gaps[best], gaps[beta])]
