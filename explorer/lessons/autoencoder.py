"""What a few numbers keep of an image: by a network, and by PCA. And how many weights each kind of network has."""

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.decomposition import PCA

from explorer.models.ae import AE
from explorer.objectives.distortion import Bernoulli
from explorer.registry import NETWORKS
from explorer.runs import LoadedRun
from explorer.specs import RunSpec

MOST = 64  # components of a PCA
EDGE = 0.01  # PCA's greys are no probabilities: for nats they are held between this and 1 − this


@dataclass(frozen=True)
class Back:
    """What came back of images: x [n, C, H, W] in [0, 1]; of each, distortion (Bernoulli, nats) and squared error, summed over pixels."""

    x: np.ndarray
    distortion: np.ndarray
    error: np.ndarray


def by_network(loaded: LoadedRun, x: np.ndarray) -> Back:
    """x uint8 [n, C, H, W], encoded and decoded by the run."""
    with torch.inference_mode():
        x_logits = loaded.model.decode(loaded.encode(x).mu)
        return _scored(x_logits, loaded.likelihood.mean(x_logits).numpy(), x)


def fitted(x: np.ndarray) -> PCA:
    """x uint8 [n, C, H, W] -> their principal components, as many as a lesson asks for."""
    return PCA(min(MOST, len(x)), svd_solver="full").fit(_flat(x))


def by_pca(pca: PCA, x: np.ndarray, k: int) -> Back:
    """x uint8 [n, C, H, W], as the first k components have them, cut to [0, 1]."""
    axes, away = pca.components_[:k], _flat(x) - pca.mean_
    return _of_greys(pca.mean_ + away @ axes.T @ axes, x)


def over_k(pca: PCA, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x uint8 [n, C, H, W] -> distortion and squared error, means over the images, for 1, 2, … components."""
    scores, greys, means = pca.transform(_flat(x)), np.tile(pca.mean_, (len(x), 1)), []
    for score, axis in zip(scores.T, pca.components_):  # each adds to what those before it gave
        greys += np.multiply.outer(score, axis)
        back = _of_greys(greys, x)
        means.append((back.distortion.mean(), back.error.mean()))
    return tuple(np.array(means).T)


def catches_up(values: np.ndarray, level: float) -> int | None:
    """values [K], falling, of 1, 2, … components -> the least number of them that comes down to the level; None if none does."""
    return next((k for k, value in enumerate(values, 1) if value <= level), None)


def least(x: np.ndarray) -> np.ndarray:
    """x uint8 [n, C, H, W] -> nats [n]: the Bernoulli distortion of a perfect copy, which grey pixels keep above 0."""
    exact = torch.from_numpy(x).double() / 255
    return Bernoulli().distortion(exact.logit(eps=1e-12), exact).numpy()


def n_weights(shape: tuple[int, int, int], latent_dim: int) -> dict[str, tuple[int, int]]:
    """Of each kind of network, at its usual size: weights of an AE's encoder and decoder."""
    found = {}
    for kind in NETWORKS.names():
        spec = RunSpec(model="ae", network=kind, latent_dim=latent_dim)
        with torch.device("meta"):  # counts them without making them
            pair = NETWORKS.get(kind)(shape, AE.n_statistics * latent_dim, latent_dim, spec.width, spec.depth)
        found[kind] = tuple(sum(p.numel() for p in net.parameters()) for net in pair)
    return found


def _flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).astype(np.float32) / 255


def _of_greys(greys: np.ndarray, x: np.ndarray) -> Back:
    """greys [n, C·H·W], of any size"""
    greys = greys.reshape(x.shape)
    return _scored(torch.from_numpy(greys).clamp(EDGE, 1 - EDGE).logit(), greys.clip(0, 1), x)


def _scored(x_logits: torch.Tensor, back: np.ndarray, x: np.ndarray) -> Back:
    exact = torch.from_numpy(x).float() / 255
    return Back(back, Bernoulli().distortion(x_logits, exact).numpy(), np.square(back - exact.numpy()).reshape(len(x), -1).sum(1))
