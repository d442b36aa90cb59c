"""The block of a run's codes on a map of two dimensions, for the figures of lessons."""

import numpy as np

from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE, Run

REACH_SIGMA = 3.2  # standard deviations of the codes from the middle of the map to its edges
N_SHOWN = 1500  # codes on the map


def codes_on_map(run: Run) -> LazyBlock:
    """Return the block of codes z [N_SHOWN, 2] of the first test images on the map, their classes y, and the
    bounds of the map, x0, y0, x1, y1.
    """

    def build(id: str) -> Block:
        e = read_embedding(run)
        middle, half = e.mu.mean(0), REACH_SIGMA * e.mu.std(0)
        rows = np.flatnonzero((np.abs(e.mu - middle) < half).all(1))[:N_SHOWN]
        bounds = [*(middle - half).tolist(), *(middle + half).tolist()]
        metadata = {"bounds": bounds, "class_names": run.class_names}
        tensors = {"z": e.mu[rows].astype(np.float32), "y": e.y[rows].astype(np.uint8)}
        return make_block(id, metadata, tensors)

    return share_block(LazyBlock(f"lesson codes {run.files[EMBEDDING_FILE]['sha256']}", build))
