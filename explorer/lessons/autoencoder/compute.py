"""Measure reconstructions from a few numbers, by a network and by PCA; count the weights of each kind of
network.
"""

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.decomposition import PCA

from explorer.models.ae import AE
from explorer.objectives.distortion import Bernoulli
from explorer.registry import NETWORKS
from explorer.runs.load import LoadedRun
from explorer.specs import RunSpec

MOST = 64  # components of a PCA
CLIP = (
    0.01  # PCA's outputs are not probabilities: for the cross-entropy they are clipped to this and 1 − this
)
RESAMPLES = 1000


@dataclass(frozen=True)
class Back:
    """Reconstructions x [n, C, H, W] in [0, 1]; distortion [n] (Bernoulli, nats) and squared error [n] of
    each, summed over pixels.
    """

    x: np.ndarray
    distortion: np.ndarray
    error: np.ndarray


def by_network(loaded: LoadedRun, x: np.ndarray) -> Back:
    """Encode and decode x uint8 [n, C, H, W] with the run."""
    with torch.inference_mode():
        x_logits = loaded.model.decode(loaded.encode(x).mu)
        return _scored(x_logits, loaded.likelihood.mean(x_logits).numpy(), x)


def fitted(x: np.ndarray) -> PCA:
    """Fit PCA with MOST components, or as many as there are images, to x uint8 [n, C, H, W]."""
    return PCA(min(MOST, len(x)), svd_solver="full").fit(_flat(x))


def by_pca(pca: PCA, x: np.ndarray, k: int) -> Back:
    """Reconstruct x uint8 [n, C, H, W] from its first k components; outputs are clipped to [0, 1]."""
    axes, away = pca.components_[:k], _flat(x) - pca.mean_
    return _of_greys(pca.mean_ + away @ axes.T @ axes, x)


def over_k(pca: PCA, x: np.ndarray, clip: float = CLIP) -> tuple[np.ndarray, np.ndarray]:
    """x uint8 [n, C, H, W] -> distortion and squared error [K, n] of each image, from 1, 2, … K
    components.
    """
    scores, greys, found = pca.transform(_flat(x)), np.tile(pca.mean_, (len(x), 1)), []
    for score, axis in zip(
        scores.T, pca.components_
    ):  # each component adds to the reconstruction from those before it
        greys += np.multiply.outer(score, axis)
        back = _of_greys(greys, x, clip)
        found.append((back.distortion, back.error))
    return tuple(np.stack(part) for part in zip(*found))


def components_for(values: np.ndarray, level: float) -> int | None:
    """values [K] of 1, 2, … components -> the smallest number of components whose value is at most the level;
    None if none is.
    """
    return next((k for k, value in enumerate(values, 1) if value <= level), None)


def components_interval(values: np.ndarray, of_network: np.ndarray) -> tuple[int | None, int | None]:
    """values [K, n], of_network [n] on the same images -> 95% bootstrap interval over images of
    components_for() their means.
    """
    n = values.shape[1]
    weights = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), RESAMPLES) / n  # [RESAMPLES, n]
    reached = values @ weights.T <= of_network @ weights.T  # [K, RESAMPLES]
    counts = np.where(reached.any(0), reached.argmax(0) + 1, len(values) + 1)
    low, high = np.quantile(counts, (0.025, 0.975), method="nearest")
    return tuple(None if k > len(values) else int(k) for k in (low, high))


def least(x: np.ndarray) -> np.ndarray:
    """x uint8 [n, C, H, W] -> nats [n]: the Bernoulli distortion of a perfect reconstruction, the entropy of
    its grey pixels.
    """
    exact = torch.from_numpy(x).double() / 255
    return Bernoulli().distortion(exact.logit(eps=1e-12), exact).numpy()


def n_weights(shape: tuple[int, int, int], latent_dim: int) -> dict[str, tuple[int, int]]:
    """Count the weights of an AE's encoder and decoder, for each kind of network at its default size."""
    found = {}
    for kind in NETWORKS:
        spec = RunSpec(model="ae", network=kind, latent_dim=latent_dim)
        with torch.device("meta"):  # counts them without making them
            pair = NETWORKS[kind].builder(
                shape, AE.n_statistics * latent_dim, latent_dim, spec.width, spec.depth
            )
        found[kind] = tuple(sum(p.numel() for p in net.parameters()) for net in pair)
    return found


def _flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).astype(np.float32) / 255


def _of_greys(greys: np.ndarray, x: np.ndarray, clip: float = CLIP) -> Back:
    """greys [n, C·H·W], of any size"""
    greys = greys.reshape(x.shape)
    return _scored(torch.from_numpy(greys).clamp(clip, 1 - clip).logit(), greys.clip(0, 1), x)


def _scored(x_logits: torch.Tensor, back: np.ndarray, x: np.ndarray) -> Back:
    exact = torch.from_numpy(x).float() / 255
    return Back(
        back,
        Bernoulli().distortion(x_logits, exact).numpy(),
        np.square(back - exact.numpy()).reshape(len(x), -1).sum(1),
    )
