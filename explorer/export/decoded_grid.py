"""Images that a run decodes on a grid over its map, for a page whose browser cannot compute the decoder."""

import math

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


def decoded_grid_block(view: RunView, map_block: Block) -> Block:
    """Return the block of the images of a run with two latent dimensions: of a ladder at each KL weight that
    it was trained at, of a conditional model of each class. map_block: of the run, whose bounds the grid
    covers. Raises UserError if there is a page_fault().
    """
    if fault := page_fault(view):
        raise UserError(fault)
    weights, side = view.run.spec.rungs or (None,), _side(view)
    labels = range(view.n_classes) if view.n_classes else (None,)
    low, high = _reach(view, safetensors.load(map_block.content)["bounds"])
    x, y = np.linspace(low, high, side, dtype=np.float32).T
    z = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    images = np.stack(
        [
            [np.rint(view.load(beta).decode(z, y) * 255).reshape(side, side, -1) for y in labels]
            for beta in weights
        ]
    ).astype(np.uint8)
    rungs = [0.0 if beta is None else math.log10(beta) for beta in weights]
    return grid_block(f"grid-{view.version}", images, low, high, rungs)


def grid_block(id: str, images: np.ndarray, low: np.ndarray, high: np.ndarray, rungs: list[float]) -> Block:
    """Return the block of images, uint8 [rungs, classes, rows, columns, pixels], at equal distances from low
    to high, [2] each; rungs: their positions on the axis of a film. Each image is stored as its difference,
    modulo 256, from what its neighbours on the left and below predict: this compresses to two thirds.
    """
    along_rows = np.diff(images, axis=-2, prepend=np.uint8(0))
    metadata = {"is_grid": True, "low": low.tolist(), "high": high.tolist(), "rungs": rungs}
    return make_block(id, metadata, {"differences": np.diff(along_rows, axis=-3, prepend=np.uint8(0))})


def _side(view: RunView) -> int:
    """Return the number of images along an axis."""
    n_grids = max(len(view.run.spec.rungs or ()), 1) * max(view.n_classes, 1)
    return min(MAX_SIDE, math.isqrt(MAX_BYTES // (math.prod(view.run.shape) * n_grids)))


def _reach(view: RunView, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest z, [2] each, of a map and the sliders. bounds: of the map, [frames,
    4], x0, y0, x1, y1.
    """
    ranges = np.array([[d.low, d.high] for d in sorted(view.dimensions, key=lambda d: d.index)])
    return (
        np.minimum(bounds[:, :2].min(0), ranges[:, 0]),
        np.maximum(bounds[:, 2:].max(0), ranges[:, 1]),
    )
