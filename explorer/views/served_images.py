"""Images of a pad that its browser cannot decode, decoded here."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from explorer.live.fields import BETA, CLASS
from explorer.store.run import Run
from explorer.views.run_view import RunView


def served_images(runs: Sequence[Run], names: Sequence[str], values: Mapping[str, Any]) -> dict:
    """Return what a pad receives as "server_images": {"values", "pixels": base64 of uint8 [C, H, W] for each
    run, or None where the browser decodes}. names: of the z of each run in the values of the pad's state.
    """
    pixels = [
        None
        if RunView(run).decoder_block
        else _decode_base64(run, values[name], values.get(BETA), values.get(CLASS))
        for run, name in zip(runs, names)
    ]
    return {"values": values, "pixels": pixels}


def _decode_base64(run: Run, z: list[float], film_position: float | None, label: int | None) -> str:
    """Return the decoded image, uint8 [C, H, W], in base64."""
    rungs = run.spec.rungs
    beta = min(max(film_position, rungs[0]), rungs[-1]) if rungs and film_position else None
    return base64.b64encode(
        np.rint(RunView(run).decode(np.array(z), beta, label) * 255).astype(np.uint8).tobytes()
    ).decode()
