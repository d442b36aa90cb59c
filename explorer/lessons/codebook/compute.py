"""Encode images as entries of a VQ-VAE's codebook, replace entries, and measure how often each is chosen."""

import numpy as np
import torch

from explorer.models.vqvae import VQVAE
from explorer.objectives.codebook import perplexity
from explorer.objectives.distortion import Likelihood


@torch.inference_mode()
def encode(model: VQVAE, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return encoder outputs float32 [n, G, d] of x uint8 [n, C, H, W], and their nearest entries int64 [n,
    G].
    """
    codes = model.encode(torch.tensor(x).float() / 255)
    return codes.encoded.unflatten(1, (-1, model.codebook.shape[1])).numpy(), codes.index.numpy()


def substitute_entries(codebook: np.ndarray, index: np.ndarray, position: int) -> np.ndarray:
    """Return z [K, G·d]: the code index [G] with each entry of the codebook [K, d] in turn at
    one position.
    """
    codes = np.tile(index, (len(codebook), 1))
    codes[:, position] = np.arange(len(codebook))
    return codebook[codes].reshape(len(codebook), -1)


@torch.inference_mode()
def distortions(model: VQVAE, likelihood: Likelihood, x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return −log p(x|z) [m], in nats, of x uint8 [C, H, W] decoded from each z [m, D]."""
    x_logits = model.decode(torch.from_numpy(np.asarray(z, np.float32)))
    return likelihood.distortion(x_logits, (torch.tensor(x).float() / 255).expand_as(x_logits)).numpy()


def entry_shares(index: np.ndarray, n_codes: int) -> tuple[np.ndarray, float]:
    """Return the share of each entry in all choices [n_codes], and their perplexity, pooled over positions.
    index is of any shape.
    """
    counts = np.bincount(index.ravel(), minlength=n_codes)
    return counts / counts.sum(), perplexity(torch.from_numpy(counts))
