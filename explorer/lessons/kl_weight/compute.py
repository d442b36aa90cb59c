"""Measure a ladder over its KL weights, and which trained KL weight is best by each figure."""

from collections.abc import Mapping

import numpy as np
import torch

from explorer.latent.difference import mean_difference
from explorer.latent.gap_estimate import GapEstimate, is_smaller
from explorer.live.block import LazyBlock, make_block, share_block
from explorer.models.autoencoder import Autoencoder
from explorer.objectives.distortion import Likelihood
from explorer.objectives.rate import kl_per_dimension
from explorer.runs.load import load_model
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, Run

N_POSTERIOR_SAMPLES = 4  # posterior samples of each image
N_SHOWN = 8  # test images, and samples of the prior


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


def film_rates(mu: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """Return the rate of each dimension at each KL weight, [F, D] in nats; mu, logvar [F, n, D]."""
    mu, logvar = mu.astype(np.float64), logvar.astype(np.float64)
    return (mu**2 + np.exp(logvar) - logvar - 1).mean(1) / 2


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


def measure_rungs(
    run: Run, gaps: Mapping[float, GapEstimate | None]
) -> tuple[list[dict], dict[str, tuple[float, list[float]]]]:
    """Return for each trained KL weight its figures, with half widths of 95% intervals over test images; and
    the best of them by each figure, with those that can't be distinguished from it, on the stored images.
    gaps: of samples of the prior, at each trained KL weight; None where it was not measured.
    """
    x, frames = read_embedding(run).images, {frame.beta: frame for frame in run.film}
    measured, losses, bounds = [], {}, {}
    for beta in run.spec.rungs:
        frame, loaded = frames[beta], load_model(run, beta)
        sampled, rate = distortions(loaded.model, loaded.likelihood, x)[1], rates(loaded.model, x)
        losses[beta], bounds[beta] = sampled.mean(0), sampled.mean(0) + rate
        half_widths = [1.96 * part.std(ddof=1) / np.sqrt(run.test.n) for part in (sampled[0], rate)]
        measured.append(
            {
                "beta": beta,
                "distortion": [frame.distortion, half_widths[0]],
                "rate": [frame.rate, half_widths[1]],
                "prior_gap": str(gaps[beta] or ""),
            }
        )
    best = {"lowest distortion": lowest_mean(losses), "highest ELBO": lowest_mean(bounds)}
    known = {beta: gap for beta, gap in gaps.items() if gap}
    return measured, best | ({"smallest prior gap": smallest_gap(known)} if len(known) == len(gaps) else {})


def ladder_block(run: Run, gaps: Mapping[float, GapEstimate | None]) -> LazyBlock:
    """Return the block of a ladder: at each KL weight of its film, rates [F, D] of each dimension, those that
    stay longest first, and mu [F, N_SHOWN, D] of the test images in images uint8 [N_SHOWN, C, H, W]; samples
    of the prior, noise [N_SHOWN, D]. gaps: as measure_rungs() takes them.
    """
    files = (run.files[name]["sha256"] for name in (MODEL_FILE, EMBEDDING_FILE))
    return share_block(LazyBlock(f"kl_weight {' '.join(files)}", lambda id: _build(id, run, gaps)))


def _build(id: str, run: Run, gaps: Mapping[float, GapEstimate | None]):
    e = read_embedding(run)
    assert e.film is not None
    by_dimension = film_rates(e.film.mu, e.film.logvar)
    order = np.lexsort((-by_dimension[0], -by_dimension[-1]))
    rungs, best = measure_rungs(run, gaps)
    metadata = {
        "betas": [frame.beta for frame in run.film],
        "rate": [frame.rate for frame in run.film],
        "distortion": [frame.distortion for frame in run.film],
        "rungs": rungs,
        "best": best,
        "n_film": e.film.mu.shape[1],
        "n_test": run.test.n,
        "n_images": len(e.images),
        "image_shape": list(e.images.shape[1:]),
    }
    tensors = {
        "rates": by_dimension[:, order].astype(np.float32),
        "mu": e.film.mu[:, :N_SHOWN].astype(np.float32),
        "images": e.images[:N_SHOWN],
        "noise": np.random.default_rng(0).standard_normal((N_SHOWN, e.mu.shape[1])).astype(np.float32),
    }
    return make_block(id, metadata, tensors)
