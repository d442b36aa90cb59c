"""Compare reconstructions from a few numbers, by a network and by principal component analysis (PCA)."""

from dataclasses import asdict

import numpy as np

from explorer.latent.share import share_of_true
from explorer.latent.yardstick import fit_pca
from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.runs.load import load_model
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, Run

MAX_COMPONENTS = 64  # components of a PCA
BOOTSTRAP_SAMPLES = 1000  # of the images, for an interval


def comparison_block(run: Run) -> LazyBlock:
    """Return the block of the comparison on the second half of the images that the run keeps. PCA is fitted
    to the first half: mean [P] and components [MAX_COMPONENTS, P]. images uint8 [classes, C, H, W] and z
    [classes, D]: the first of each class, with its code. error [MAX_COMPONENTS]: PCA's mean squared error
    with 1, 2, … components; better, low, high: the share of images that PCA then reconstructs with a smaller
    error than the network does, with its 95% interval.
    """
    id = f"autoencoder {run.files[EMBEDDING_FILE]['sha256']} {run.files[MODEL_FILE]['sha256']}"
    return share_block(LazyBlock(id, lambda id: _compare(id, run)))


def _compare(id: str, run: Run) -> Block:
    e = read_embedding(run)
    half = len(e.images) // 2
    images, mu, y = e.images[half:], e.mu[half : len(e.images)], e.y[half : len(e.images)]
    mean, axes = fit_pca(e.images[:half], MAX_COMPONENTS)
    components = axes.T
    errors, network = errors_over_k(mean, components, images), network_errors(run, images, mu)
    shares = [share_of_true(of_k < network) for of_k in errors]
    first = [int(np.argmax(y == label)) for label in np.unique(y)]
    metadata = {
        "n": len(images),
        "n_fit": half,
        "n_train": run.n_train,
        "class_names": [run.class_names[y[row]] for row in first],
        "network_error": float(network.mean()),
        "components": components_needed(errors.mean(1), float(network.mean())),
        "interval": components_needed_interval(errors, network),
    }
    shares = {name: np.array([asdict(share)[name] for share in shares]) for name in ("share", "low", "high")}
    tensors = {"mean": mean, "z": mu[first], "error": errors.mean(1), **shares}
    tensors = {name: t.astype(np.float32) for name, t in tensors.items()}
    return make_block(
        id, metadata, tensors | {"images": images[first], "components": components.astype(np.float16)}
    )


def reconstruct_with_pca(mean: np.ndarray, components: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the reconstructions float32 [n, P] of x uint8 [n, C, H, W] from these components, clipped to
    [0, 1].
    """
    return (mean + (_flatten(x) - mean) @ components.T @ components).clip(0, 1)


def errors_over_k(mean: np.ndarray, components: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the squared error [K, n] of each image of x uint8 [n, C, H, W], summed over pixels,
    reconstructed from the first 1, 2, … K components.
    """
    pixels, errors = _flatten(x), []
    greys = np.tile(mean, (len(x), 1))
    part = np.empty_like(greys)
    for score, component in zip(components @ (pixels - mean).T, components):
        greys += np.multiply.outer(score, component, out=part)  # to the reconstruction from those before it
        errors.append(_squared_error(greys.clip(0, 1, out=part), pixels))
    return np.stack(errors)


def network_errors(run: Run, x: np.ndarray, mu: np.ndarray) -> np.ndarray:
    """Return the squared error [n] of what the run decodes from mu [n, D], the codes of x uint8 [n, C, H,
    W].
    """
    return _squared_error(load_model(run).decode(mu).reshape(len(x), -1), _flatten(x))


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


def _flatten(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).astype(np.float32) / 255


def _squared_error(greys: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    difference = greys - pixels
    return np.einsum("ij,ij->i", difference, difference)
