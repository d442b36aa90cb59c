"""Compute what the lesson on a second stage shows: the code that a path should reach, and measured shares."""

import numpy as np

from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.runs.density_shares import DENSITIES_FILE, measure_density_shares
from explorer.store.embedding import read_embedding
from explorer.store.measurement import digest_measurements
from explorer.store.run import EMBEDDING_FILE, Run

TARGET_ROW = 1  # the test image whose code the task asks for
SHOWN = {"gaussian": "noise", "diffusion": "its end"}  # the densities at both ends of the paths


def target_block(run: Run) -> LazyBlock:
    """Return the block of a test image, uint8 [C, H, W], with its code z and the name of its class."""

    def build(id: str) -> Block:
        e = read_embedding(run)
        metadata = {
            "z": e.mu[TARGET_ROW].tolist(),
            "class": run.class_names[e.y[TARGET_ROW]],
            "image_shape": run.shape,
        }
        return make_block(id, metadata, {"image": e.images[TARGET_ROW].astype(np.uint8)})

    return share_block(LazyBlock(f"second_stage target {run.files[EMBEDDING_FILE]['sha256']}", build))


def shares_block(run: Run) -> LazyBlock:
    """Return the block of the shares measured at the beginning of the paths, where the noise is a sample of
    the Gaussian fitted to the codes, and at their end.
    """

    def build(id: str) -> Block:
        shares = measure_density_shares(run)
        rows = [{"label": label, "shares": shares[name].figures()} for name, label in SHOWN.items()]
        return make_block(
            id,
            {
                "n": shares["diffusion"].gap.n,
                "n_images": shares["diffusion"].uncovered_by_features.n,
                "rows": rows,
            },
            {},
        )

    return share_block(LazyBlock(f"second_stage shares {digest_measurements(run, DENSITIES_FILE)}", build))
