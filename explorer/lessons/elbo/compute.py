"""Compute log p(x|z) of images over the latent plane, from which the browser computes log p(x), the true
posterior, and the terms of the bound of a Gaussian q.

With half the cell size, log p(x) of the 360 test images of scikit-learn's digits changes by at most 0.0015
nats under the included run (with twice the cell size, by at most 0.02).
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.latent.quadrature import Grid
from explorer.live.block import LazyBlock, make_block, share_block
from explorer.live.prose import to_html
from explorer.runs.load import LoadedRun, load_model
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, Run

GRID = Grid(7.0, 224)
IMAGES = (19, 0, 1, 2, 5, 21, 24, 200)  # test images whose likelihood the browser gets
LEVELS = 65535  # of a log-likelihood between the lowest and the highest of an image
BATCH_SIZE = 8192
QUESTIONS_FILE = "questions.md"


@torch.inference_mode()
def decode_grid(loaded: LoadedRun) -> Tensor:
    """Return x_logits [n², C, H, W] at the middle of each cell of the grid; they are the same
    for all images.
    """
    return torch.cat(
        [loaded.model.decode(z) for z in torch.from_numpy(GRID.points).float().split(BATCH_SIZE)]
    )


@torch.inference_mode()
def grid_log_likelihood(loaded: LoadedRun, x_logits: Tensor, x: np.ndarray) -> np.ndarray:
    """Return log p(x|z) over the grid, float64 [n, n] in nats, of an image x uint8 [C, H, W]; x_logits
    [n², C, H, W] from decode_grid().
    """
    image = (torch.from_numpy(x.copy()).float() / 255)[None]
    distortions = [
        loaded.likelihood.distortion(batch, image.expand_as(batch)) for batch in x_logits.split(BATCH_SIZE)
    ]
    return -torch.cat(distortions).double().numpy().reshape(GRID.n, GRID.n)


def log_evidence(log_likelihood: np.ndarray) -> float:
    """Return log p(x) = log ∫ p(x|z) p(z) dz, in nats; log_likelihood [n, n] from grid_log_likelihood()."""
    prior = GRID.log_normal(0, 1)
    return GRID.log_integral(log_likelihood + prior[:, None] + prior)


def evidence_block(run: Run) -> LazyBlock:
    """Return the block of IMAGES: log_likelihood uint16 [images, n, n], from low [images] in steps of quantum
    [images]; images uint8 [images, C, H, W]; mu, logvar [images, D] of the encoder; codes [360, D].
    """
    files = (run.files[name]["sha256"] for name in (MODEL_FILE, EMBEDDING_FILE))
    return share_block(LazyBlock(f"elbo {GRID} {IMAGES} {' '.join(files)}", lambda id: _build(id, run)))


def _build(id: str, run: Run):
    loaded, e, rows = load_model(run), read_embedding(run), list(IMAGES)
    logits = decode_grid(loaded)
    values = np.stack([grid_log_likelihood(loaded, logits, e.images[row]) for row in rows])
    low = values.min((1, 2))
    quantum = (values.max((1, 2)) - low) / LEVELS
    metadata = {
        "image_shape": list(e.images.shape[1:]),
        "rows": rows,
        "reach": GRID.reach,
        "n": GRID.n,
        "low": low.tolist(),
        "quantum": quantum.tolist(),
    }
    tensors = {
        "log_likelihood": np.rint((values - low[:, None, None]) / quantum[:, None, None]).astype(np.uint16),
        "images": e.images[rows],
        "mu": e.mu[rows].astype(np.float32),
        "logvar": e.logvar[rows].astype(np.float32),
        "codes": e.mu.astype(np.float32),
    }
    return make_block(id, metadata, tensors)


def questions(folder: Path, symbols: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    """Return the questions of the folder's questions.md, which are headings, with their answers as HTML."""
    _, *parts = (folder / QUESTIONS_FILE).read_text(encoding="utf-8").split("## ")
    pairs = (part.split("\n", 1) for part in parts)
    return [{"question": a, "answer": to_html(b, symbols)} for a, b in pairs]
