"""The state that a latent pad receives, with the images that its browser cannot decode."""

import base64

import numpy as np

from explorer.live.fields import BETA, CLASS
from explorer.store.run import Run
from explorer.ui.components.pad_position import PadPosition
from explorer.views.run_view import RunView


def pad_state(runs: list[Run], position: PadPosition) -> dict:
    """Return the state of the pad of these runs, as JSON values."""
    rows = {row for row in position.walk_rows if row is not None}
    codes = {row: [RunView(run).frame_codes(row).tolist() for run in runs] for row in sorted(rows)}
    state = {"values": position.values, "row": position.row} | ({"row_codes": codes} if codes else {})
    served = [RunView(run).decoder_block is None for run in runs]
    if any(served):
        values = position.preview or position.image_values(has_film=any(run.spec.rungs for run in runs))
        pixels = [
            _decode_base64(run, values[name], values.get(BETA), values.get(CLASS)) if is_served else None
            for run, name, is_served in zip(runs, position.names, served)
        ]
        state["server_images"] = {"values": values, "pixels": pixels}
    return state


def _decode_base64(run: Run, z: list[float], film_position: float | None, label: int | None) -> str:
    """Return the decoded image, uint8 [C, H, W], in base64."""
    rungs = run.spec.rungs
    beta = min(max(film_position, rungs[0]), rungs[-1]) if rungs and film_position else None
    return base64.b64encode(
        np.rint(RunView(run).decode(np.array(z), beta, label) * 255).astype(np.uint8).tobytes()
    ).decode()
