"""The state that a latent pad receives, with the images that its browser cannot decode."""

import base64

import numpy as np

from explorer.store.run import Run
from explorer.ui.components.pad_position import PadPosition
from explorer.ui.run_view import RunView


def pad_state(runs: list[Run], position: PadPosition) -> dict:
    """Return the state of the pad of these runs, as JSON values."""
    letter = {
        "zs": position.zs,
        "row": position.row,
        "heard": position.last_message,
        "film": position.film,
        "start": position.start,
    }
    served = [RunView(run).decoder_block is None for run in runs]
    if any(served):
        moving = any(run.spec.rungs for run in runs)
        zs, film = position.preview or (position.zs, position.film if moving else None)
        pixels = [_decode_base64(run, z, film) if ours else None for run, z, ours in zip(runs, zs, served)]
        letter["decoded"] = {"zs": zs, "film": film, "pixels": pixels}
    return letter


def _decode_base64(run: Run, z: list[float], film: float | None) -> str:
    """uint8 [C, H, W] in base64."""
    rungs = run.spec.rungs
    beta = min(max(film, rungs[0]), rungs[-1]) if rungs and film else None
    return base64.b64encode(
        np.rint(RunView(run).decode(np.array(z), beta) * 255).astype(np.uint8).tobytes()
    ).decode()
