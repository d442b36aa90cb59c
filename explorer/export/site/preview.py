"""What the figure of a page shows first over a slow line: images on a coarse grid, or a decoder of few bits,
that stand in for large decoders, and a map of fewer points. The rest arrives later.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from explorer.export.decoded_grid import decoded_grid_block
from explorer.live.block import Block, LazyBlock, make_block, map_blocks, read_block
from explorer.live.page import PageContent
from explorer.store.run import Run
from explorer.views.coarse_decoder import coarse_decoder
from explorer.views.run_view import RunView

MIN_BYTES = 80_000  # of a decoder that is large: 0.4 s on 1.6 Mbit/s
SIDE, LADDER_SIDE, N_RUNGS = 10, 8, 3  # images along an axis; of a ladder, and its KL weights
N_POINTS, N_FILM_POINTS = 1000, 500  # of a map, and of one with many frames
DETAILS = ("posterior_factors", "gap_levels", "gap_bounds")  # tensors that a map can do without


def with_previews(content: PageContent, runs: Sequence[Run]) -> PageContent:
    """Return the pad of runs with a preview of each large decoder and a smaller map. All of its blocks arrive
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


def with_coarse_decoders(content: PageContent) -> PageContent:
    """Return a lesson that begins with decoders of few bits in the place of large ones, which arrive later,
    before all else that does.
    """
    blocks = dict(content.blocks or {})
    first = {name: map_blocks(part, _coarse) for name, part in blocks.items()}
    later = {name: part for name, part in blocks.items() if first[name] != part}
    return replace(content, blocks=first, later=later | dict(content.later or {})) if later else content


def _coarse(block: Block | LazyBlock) -> Block | LazyBlock:
    is_large = isinstance(block, LazyBlock) and block.make_coarse and len(block.content) >= MIN_BYTES
    return block.coarse if is_large else block


def _shorten_map(map: Block) -> Block:
    """Return the block of a map with its first points, without their posteriors and their gaps."""
    metadata, tensors = read_block(map)
    for name in DETAILS:
        tensors.pop(name, None)
    n_points = N_FILM_POINTS if metadata["film"] else N_POINTS
    tensors["positions"] = tensors["positions"][:, :n_points]
    tensors["labels"] = tensors["labels"][:n_points]
    return make_block(map.id, metadata, tensors)


def _preview(run: Run, side: dict[str, Block]) -> Block | None:
    """Return what stands in for the decoder of a run: a grid, or where this would be larger, or has more
    inputs than two numbers, a decoder of few bits; None if the decoder is small.
    """
    view, n_bytes = RunView(run), len(side["decoder"].content)
    if n_bytes < MIN_BYTES:
        return None
    n_along, n_rungs = (LADDER_SIDE, N_RUNGS) if view.betas else (SIDE, 1)
    is_plane = run.spec.latent_dim == 2 and not view.n_classes
    if is_plane and n_rungs * n_along**2 * math.prod(run.shape) <= n_bytes:
        return decoded_grid_block(view, side["map"], n_along, n_rungs)
    return coarse_decoder(run, side["decoder"]) if view.decoder_block else None
