"""Images on a coarse grid that stand in for large decoders until these have arrived over a slow line."""

import math
from collections.abc import Sequence
from dataclasses import replace

from explorer.export.decoded_grid import decoded_grid_block
from explorer.live.block import Block
from explorer.live.page import PageContent
from explorer.store.run import Run
from explorer.views.run_view import RunView

MIN_BYTES = 200_000  # of a decoder that is large: a second on 1.6 Mbit/s
SIDE, LADDER_SIDE, N_RUNGS = 14, 12, 4  # images along an axis; of a ladder, and its KL weights


def with_previews(content: PageContent, runs: Sequence[Run]) -> PageContent:
    """Return the pad of runs with a grid for each large decoder, which arrives later, as do the codes that a
    click needs.
    """
    sides = content.blocks["sides"]
    previews = [_preview(run, side) for run, side in zip(runs, sides)]
    if not any(previews):
        return content
    first = [
        {"map": side["map"], "decoder": preview or side["decoder"]} for side, preview in zip(sides, previews)
    ]
    later = [{name: side[name] for name in ("decoder", "codes")} for side in sides]
    return replace(content, blocks={"sides": first}, later={"sides": later} | dict(content.later or {}))


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
