"""Measure reconstructions from a few numbers, by a network and by PCA; count the weights of each kind of
network.
"""

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.decomposition import PCA

from explorer.models.ae import AE
from explorer.objectives.bernoulli import Bernoulli
from explorer.registry import NETWORKS
from explorer.runs.load import LoadedRun
from explorer.specs import RunSpec

MAX_COMPONENTS = 64  # components of a PCA
# PCA's outputs are not probabilities: the cross-entropy clips them to OUTPUT_CLIP and 1 − OUTPUT_CLIP.
OUTPUT_CLIP = 0.01
BOOTSTRAP_SAMPLES = 1000  # of the images, for an interval


@dataclass(frozen=True)
class Reconstruction:
    """The reconstructions x [n, C, H, W] in [0, 1]; distortion [n] (Bernoulli, nats) and squared error [n] of
    each, summed over pixels.
    """

    x: np.ndarray
    distortion: np.ndarray
    error: np.ndarray


def reconstruct_with_network(loaded: LoadedRun, x: np.ndarray) -> Reconstruction:
    """Encode and decode x uint8 [n, C, H, W] with the run."""
    with torch.inference_mode():
        x_logits = loaded.model.decode(loaded.encode(x).mu)
        return _score(x_logits, loaded.likelihood.mean(x_logits).numpy(), x)


def fit_pca(x: np.ndarray) -> PCA:
    """Fit PCA with MAX_COMPONENTS components, or as many as there are images, to x uint8 [n, C, H, W]."""
    return PCA(min(MAX_COMPONENTS, len(x)), svd_solver="full").fit(_flatten(x))


def reconstruct_with_pca(pca: PCA, x: np.ndarray, k: int) -> Reconstruction:
    """Reconstruct x uint8 [n, C, H, W] from its first k components; outputs are clipped to [0, 1]."""
    axes, centred = pca.components_[:k], _flatten(x) - pca.mean_
    return _score_greys(pca.mean_ + centred @ axes.T @ axes, x)


def losses_over_k(pca: PCA, x: np.ndarray, clip: float = OUTPUT_CLIP) -> tuple[np.ndarray, np.ndarray]:
    """Return distortion and squared error [K, n] of each image of x uint8 [n, C, H, W], reconstructed from 1,
    2, … K components.
    """
    scores, greys, losses = pca.transform(_flatten(x)), np.tile(pca.mean_, (len(x), 1)), []
    for score, axis in zip(
        scores.T, pca.components_
    ):  # each component adds to the reconstruction from those before it
        greys += np.multiply.outer(score, axis)
        reconstruction = _score_greys(greys, x, clip)
        losses.append((reconstruction.distortion, reconstruction.error))
    return tuple(np.stack(part) for part in zip(*losses))


def components_needed(values: np.ndarray, level: float) -> int | None:
    """Return the smallest number of components whose value is at most the level, None if there is none.
    values [K]: of 1, 2, … components.
    """
    return next((k for k, value in enumerate(values, 1) if value <= level), None)


def components_needed_interval(values: np.ndarray, network: np.ndarray) -> tuple[int | None, int | None]:
    """Return the 95% bootstrap interval, over images, of components_needed() by the means. values [K, n] and
    network [n] are of the same images.
    """
    n = values.shape[1]
    # [BOOTSTRAP_SAMPLES, n]
    weights = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), BOOTSTRAP_SAMPLES) / n
    reached = values @ weights.T <= network @ weights.T  # [K, BOOTSTRAP_SAMPLES]
    counts = np.where(reached.any(0), reached.argmax(0) + 1, len(values) + 1)
    low, high = np.quantile(counts, (0.025, 0.975), method="nearest")
    return tuple(None if k > len(values) else int(k) for k in (low, high))


def min_distortion(x: np.ndarray) -> np.ndarray:
    """Return the Bernoulli distortion [n], in nats, of a perfect reconstruction of x uint8 [n, C, H, W]: the
    entropy of its grey pixels.
    """
    target = torch.from_numpy(x).double() / 255
    return Bernoulli().distortion(target.logit(eps=1e-12), target).numpy()


def count_weights(shape: tuple[int, int, int], latent_dim: int) -> dict[str, tuple[int, int]]:
    """Count the weights of an AE's encoder and decoder, for each kind of network at its default size."""
    counts = {}
    for kind in NETWORKS:
        spec = RunSpec(model="ae", network=kind, latent_dim=latent_dim)
        with torch.device("meta"):  # counts weights without allocating them
            networks = NETWORKS[kind].builder(
                shape, AE.n_statistics * latent_dim, latent_dim, spec.width, spec.depth
            )
        counts[kind] = tuple(sum(p.numel() for p in net.parameters()) for net in networks)
    return counts


def _flatten(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).astype(np.float32) / 255


def _score_greys(greys: np.ndarray, x: np.ndarray, clip: float = OUTPUT_CLIP) -> Reconstruction:
    """Score reconstructed pixels [n, C·H·W] of any size: clip them, and compare them with x."""
    greys = greys.reshape(x.shape)
    return _score(torch.from_numpy(greys).clamp(clip, 1 - clip).logit(), greys.clip(0, 1), x)


def _score(x_logits: torch.Tensor, x_hat: np.ndarray, x: np.ndarray) -> Reconstruction:
    target = torch.from_numpy(x).float() / 255
    return Reconstruction(
        x_hat,
        Bernoulli().distortion(x_logits, target).numpy(),
        np.square(x_hat - target.numpy()).reshape(len(x), -1).sum(1),
    )
