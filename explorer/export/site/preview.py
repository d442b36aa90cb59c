"""What the pad of a page shows first over a slow line: images on a coarse grid that stand in for large
decoders, and a map of fewer points. The rest arrives later.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from explorer.export.decoded_grid import decoded_grid_block
from explorer.live.block import Block, make_block, read_block
from explorer.live.page import PageContent
from explorer.store.run import Run
from explorer.views.run_view import RunView

MIN_BYTES = 100_000  # of a decoder that is large: half a second on 1.6 Mbit/s
SIDE, LADDER_SIDE, N_RUNGS = 10, 8, 3  # images along an axis; of a ladder, and its KL weights
N_POINTS = 1000  # of a map
DETAILS = ("posterior_factors", "gap_levels", "gap_bounds")  # tensors that a map can do without


def with_previews(content: PageContent, runs: Sequence[Run]) -> PageContent:
    """Return the pad of runs with a grid for each large decoder and a smaller map. All of its blocks arrive
    later.
    """
    sides = content.blocks["sides"]
    previews = [_preview(run, side) for run, side in zip(runs, sides)]
    if not any(previews):
        return content
    first = [
        {"map": _shorten_map(side["map"]), "decoder": preview or side["decoder"]}
        for side, preview in zip(sides, previews)
    ]
    return replace(content, blocks={"sides": first}, later={"sides": sides} | dict(content.later or {}))


def _shorten_map(map: Block) -> Block:
    """Return the block of a map with its first points, without their posteriors and their gaps."""
    metadata, tensors = read_block(map)
    for name in DETAILS:
        tensors.pop(name, None)
    tensors["positions"] = tensors["positions"][:, :N_POINTS]
    tensors["labels"] = tensors["labels"][:N_POINTS]
    return make_block(map.id, metadata, tensors)


def _preview(run: Run, side: dict[str, Block]) -> Block | None:
    """Return the grid of a run; None if its decoder is small, smaller than a grid or itself one, or has more
    inputs than two numbers.
    """
    view, n_bytes = RunView(run), len(side["decoder"].content)
    n_along, n_rungs = (LADDER_SIDE, N_RUNGS) if view.betas else (SIDE, 1)
    if view.decoder_block is None or n_bytes < max(MIN_BYTES, n_rungs * n_along**2 * math.prod(run.shape)):
        return None
    if run.spec.latent_dim != 2 or view.n_classes:
        return None
    return decoded_grid_block(view, side["map"], n_along, n_rungs)
