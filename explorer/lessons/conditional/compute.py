"""Compute what the lesson on the conditional VAE shows of a model: its codes by class, and what they tell of
the class and of the image.
"""

import numpy as np

from explorer.latent.share import Share, share_of_count, share_of_true
from explorer.latent.surgery import Surgery
from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.runs.surgery import read_surgeries
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE, Run

N_SHOWN = 2000  # codes on a map
N_NEIGHBOURS = 20  # codes whose most frequent class is that of a code


def codes_block(run: Run) -> LazyBlock:
    """Return the block of a run's codes: mu [N_SHOWN, 2] and y [N_SHOWN] of test images. Among the metadata
    are, as texts, the share of all test images whose class their neighbours name, that of the most frequent
    class, and I(x; z) in nats over n_train training images, None where it was not measured.
    """
    surgery = read_surgeries(run).get(run.spec.beta)
    id = f"conditional {run.files[EMBEDDING_FILE]['sha256']} {surgery}"
    return share_block(LazyBlock(id, lambda id: _build(id, run, surgery)))


def _build(id: str, run: Run, surgery: Surgery | None) -> Block:
    e = read_embedding(run)
    metadata = {
        "image_shape": run.shape,
        "class_names": run.class_names,
        "n": len(e.mu),
        "named": str(share_named_by_neighbours(e.mu, e.y)),
        "most_frequent": str(share_of_count(np.bincount(e.y).max(), len(e.y))),
        "information": surgery and str(surgery.mutual_information),
        "n_train": surgery and surgery.n,
    }
    return make_block(
        id, metadata, {"mu": e.mu[:N_SHOWN].astype(np.float16), "y": e.y[:N_SHOWN].astype(np.uint8)}
    )


def share_named_by_neighbours(mu: np.ndarray, y: np.ndarray) -> Share:
    """Return the share of codes mu [n, D] whose class y [n] is the most frequent one among the N_NEIGHBOURS
    nearest other codes; of several that are as frequent, the first.
    """
    from scipy.spatial import cKDTree

    _, rows = cKDTree(mu).query(mu, N_NEIGHBOURS + 1)
    is_other = rows != np.arange(len(mu))[:, None]
    is_other[is_other.all(1), -1] = False  # equal codes may have taken the place of a code's own
    neighbours = y[rows[is_other].reshape(len(mu), N_NEIGHBOURS)]
    votes = (neighbours[..., None] == np.arange(y.max() + 1)).sum(1)
    return share_of_true(votes.argmax(1) == y)
