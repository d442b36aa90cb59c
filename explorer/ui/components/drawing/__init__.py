"""A canvas to draw on: with mouse, finger or pen, white on black."""

import base64
from collections.abc import Callable

import numpy as np
import streamlit as st

from explorer.ui.components.live_component import live_component

PICTURE_SIDE = 112  # px of the picture that Python gets: four times as fine as MNIST
_drawing = live_component("drawing", "hosts/streamlit/drawing.js", "view/button.css", "figures/drawing.css")


def drawing(key: str, *, on_draw: Callable[[np.ndarray], None], size: int = 280) -> None:
    """Mount a canvas, size px wide where there is room; on_draw gets uint8 [112, 112] after each stroke, undo
    and clear.

    The strokes stay with the browser tab, by key; what Python makes of them is the page's to keep.
    """

    def receive_picture():
        # None from a canvas that no longer exists
        strokes = decode_picture(st.session_state.get(key, {}).get("picture"))
        if strokes is not None:
            on_draw(strokes)

    _drawing(
        key=key, data={"key": key, "size": size, "side": PICTURE_SIDE}, on_picture_change=receive_picture
    )


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
