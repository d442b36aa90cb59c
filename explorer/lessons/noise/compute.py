"""Fit what the lesson on decoder noise needs of a linear VAE: the principal components of images."""

import numpy as np

from explorer.latent.yardstick import fit_pca
from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE, Run

N_DIMENSIONS = 64  # of z
N_SHOWN = 6  # test images


def components_block(run: Run) -> LazyBlock:
    """Return the block of the principal components of the test images that the run keeps: mean [P],
    components [N_DIMENSIONS, P] and their variances [N_DIMENSIONS]; images uint8 [N_SHOWN, C, H, W].
    Among the metadata are the number n of the images, and `rest`, the sum of all other variances.
    """
    return share_block(LazyBlock(f"noise {run.files[EMBEDDING_FILE]['sha256']}", lambda id: _build(id, run)))


def _build(id: str, run: Run) -> Block:
    images = read_embedding(run).images
    mean, components, variances, rest = fit_spectrum(images, N_DIMENSIONS)
    floats = {"mean": mean, "components": components, "variances": variances}
    tensors = {name: tensor.astype(np.float32) for name, tensor in floats.items()}
    return make_block(id, {"n": len(images), "rest": rest}, {"images": images[:N_SHOWN], **tensors})


def fit_spectrum(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return of images x uint8 [n, C, H, W] the mean [P], the first k principal components [k, P] and their
    variances [k] in descending order, as values in [0, 1]; and the sum of all other variances. The variances
    are means over the images (divided by n).
    """
    mean, axes = fit_pca(x, k)
    pixels = x.reshape(len(x), -1).astype(np.float64) / 255
    variances = (pixels @ axes).var(0)
    return mean, axes.T, variances, float(pixels.var(0).sum() - variances.sum())
