"""The blocks of log p(x|z) of test images over the latent plane, from which the browser computes log p(x),
the true posterior, and bounds of a Gaussian q.

With half the cell size, log p(x) of the 360 test images of scikit-learn's digits changes by at most 0.0015
nats under the included run (with twice the cell size, by at most 0.02).
"""

import numpy as np

from explorer.latent.quadrature import Grid
from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, Run

GRID = Grid(7.0, 224)
IMAGES = (19, 0, 1, 2, 5, 21, 24, 200)  # test images whose likelihood the browser gets
FIRST, OTHERS = "evidence", "other_evidence"  # names of the blocks
LEVELS = 65535  # of a log-likelihood between the lowest and the highest of an image


def evidence_blocks(run: Run) -> dict[str, LazyBlock]:
    """Return the block of the first of IMAGES, and that of the others, by name: log_likelihood uint16
    [images, n, n], from low [images] in steps of quantum [images]; images uint8 [images, C, H, W]; mu, logvar
    [images, D] of the encoder; codes [360, D]. The steps are stored as differences from what the neighbours
    predict, modulo 2¹⁶, which compress to two fifths.
    """
    return {FIRST: _share(run, IMAGES[:1]), OTHERS: _share(run, IMAGES[1:])}


def _share(run: Run, rows: tuple[int, ...]) -> LazyBlock:
    files = (run.files[name]["sha256"] for name in (MODEL_FILE, EMBEDDING_FILE))
    return share_block(
        LazyBlock(f"evidence {GRID} {rows} {' '.join(files)}", lambda id: _build(id, run, rows))
    )


def _build(id: str, run: Run, image_rows: tuple[int, ...]) -> Block:
    from explorer.runs.evidence import decode_grid, grid_log_likelihood
    from explorer.runs.load import load_model

    loaded, e, rows = load_model(run), read_embedding(run), list(image_rows)
    logits = decode_grid(loaded, GRID)
    values = np.stack([grid_log_likelihood(loaded, logits, e.images[row]) for row in rows])
    low = values.min((1, 2))
    quantum = (values.max((1, 2)) - low) / LEVELS
    levels = np.rint((values - low[:, None, None]) / quantum[:, None, None]).astype(np.uint16)
    metadata = {
        "image_shape": list(e.images.shape[1:]),
        "rows": rows,
        "reach": GRID.reach,
        "n": GRID.n,
        "low": low.tolist(),
        "quantum": quantum.tolist(),
    }
    zero = np.uint16(0)
    tensors = {
        "log_likelihood": np.diff(np.diff(levels, prepend=zero), axis=1, prepend=zero),
        "images": e.images[rows],
        "mu": e.mu[rows].astype(np.float32),
        "logvar": e.logvar[rows].astype(np.float32),
        "codes": e.mu.astype(np.float32),
    }
    return make_block(id, metadata, tensors)
