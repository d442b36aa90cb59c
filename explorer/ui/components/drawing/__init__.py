"""A canvas to draw on: with mouse, finger or pen, white on black."""

import base64
from collections.abc import Callable

import numpy as np

from explorer.live.figure import DRAWING
from explorer.ui.components.live_figure import live_figure

PICTURE_SIDE = 112  # px of the picture that Python gets: four times as fine as MNIST


def drawing(key: str, *, on_draw: Callable[[np.ndarray], None], size: int = 280) -> None:
    """Mount a canvas, size px wide where there is room; on_draw gets uint8 [112, 112] after each stroke, undo
    and clear.

    The strokes stay with the browser tab, by key; what Python makes of them is the page's to keep.
    """

    def receive_picture(message: dict) -> None:
        if (strokes := decode_picture(message)) is not None:
            on_draw(strokes)

    options = {"key": key, "size": size, "side": PICTURE_SIDE}
    live_figure(DRAWING, key, options=options, on_messages={"picture": receive_picture})


def decode_picture(message: object) -> np.ndarray | None:
    """Return {"number", "width", "height", "pixels": base64 of uint8} as [112, 112], or None."""
    if not isinstance(message, dict) or (message.get("width"), message.get("height")) != (
        PICTURE_SIDE,
        PICTURE_SIDE,
    ):
        return None
    try:
        pixels = base64.b64decode(message["pixels"], validate=True)
    except (KeyError, TypeError, ValueError):
        return None
    return (
        np.frombuffer(pixels, np.uint8).reshape(PICTURE_SIDE, PICTURE_SIDE)
        if len(pixels) == PICTURE_SIDE**2
        else None
    )
