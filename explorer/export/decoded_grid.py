"""Images that a run decodes on a grid over its map, for a page whose browser cannot compute the decoder."""

import math
from functools import partial

import numpy as np
from safetensors import numpy as safetensors

from explorer.errors import UserError
from explorer.live.block import Block, make_block
from explorer.views.run_view import RunView

MAX_BYTES = 8_000_000  # of the pixels of all images, before they are compressed
MAX_SIDE, MIN_SIDE = 48, 12  # images along an axis


def page_fault(view: RunView) -> str:
    """Return in one sentence why no page can decode a run; "" if its browser or a grid can."""
    run = view.run
    if view.decoder_block is not None:
        return ""
    if run.spec.latent_dim != 2:
        reason = f"images on a grid need two latent dimensions, not {run.spec.latent_dim}"
    elif _side(view) < MIN_SIDE:
        reason = "its images are too large for a grid"
    else:
        return ""
    return f"No browser can compute the decoder of run {run.name}, and {reason}. Train it as an mlp."


def decoded_grid_block(view: RunView, map_block: Block, n_side: int = 0, n_rungs: int = 0) -> Block:
    """Return the block of the images of a run with two latent dimensions: of a ladder at each KL weight that
    it was trained at, of a conditional model of each class. map_block: of the run, whose bounds the grid
    covers, and of one run those of the sliders. n_side: the number of images along an axis, as many as fit
    if 0; otherwise the grid covers the map alone, and a ladder has n_rungs of the KL weights. Raises
    UserError if there is a page_fault().
    """
    if fault := page_fault(view):
        raise UserError(fault)
    weights, side = view.run.spec.rungs or (None,), n_side or _side(view)
    if view.betas and n_side:
        weights = [weights[i] for i in sorted({round(i) for i in np.linspace(0, len(weights) - 1, n_rungs)})]
    labels = range(view.n_classes) if view.n_classes else (None,)
    frames = [view.betas.index(beta) if view.betas else 0 for beta in weights]
    bounds = safetensors.load(map_block.content)["bounds"][frames]
    low, high = bounds[:, :2], bounds[:, 2:]
    if not (view.betas or n_side):  # a ladder's sliders reach far beyond its map at most KL weights
        low, high = _with_sliders(view, low, high)
    images = np.stack(
        [
            [np.rint(view.load(beta).decode(z, y) * 255).reshape(side, side, -1) for y in labels]
            for beta, z in zip(weights, map(partial(_places, side), low, high))
        ]
    ).astype(np.uint8)
    rungs = [0.0 if beta is None else math.log10(beta) for beta in weights]
    return grid_block(f"grid-{view.version}", images, low, high, rungs)


def grid_block(id: str, images: np.ndarray, low: np.ndarray, high: np.ndarray, rungs: list[float]) -> Block:
    """Return the block of images, uint8 [rungs, classes, rows, columns, pixels], at equal distances from low
    to high, [rungs, 2] each; rungs: their positions on the axis of a film. Each image is stored as its
    difference, modulo 256, from what its neighbours on the left and below predict: this compresses to two
    thirds.
    """
    along_rows = np.diff(images, axis=-2, prepend=np.uint8(0))
    metadata = {"is_grid": True, "low": low.tolist(), "high": high.tolist(), "rungs": rungs}
    return make_block(id, metadata, {"differences": np.diff(along_rows, axis=-3, prepend=np.uint8(0))})


def _side(view: RunView) -> int:
    """Return the number of images along an axis."""
    n_grids = max(len(view.run.spec.rungs or ()), 1) * max(view.n_classes, 1)
    return min(MAX_SIDE, math.isqrt(MAX_BYTES // (math.prod(view.run.shape) * n_grids)))


def _places(side: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return z [side², 2] at equal distances from low to high, [2] each, row by row."""
    x, y = np.linspace(low, high, side, dtype=np.float32).T
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def _with_sliders(view: RunView, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest z of a map and of the sliders, [rungs, 2] each."""
    ranges = np.array([[d.low, d.high] for d in sorted(view.dimensions, key=lambda d: d.index)])
    return np.minimum(low, ranges[:, 0]), np.maximum(high, ranges[:, 1])
