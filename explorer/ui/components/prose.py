"""Streamlit in the words of the data that a page shows (`from explorer.ui.components.prose import st`): where
a run has vectors, its texts say vectors and values instead of images and pixels.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit

from explorer.names import in_words_of

SHAPE_KEY = "shape of the data that are shown"
IMAGE = (1, 2, 2)  # the shape of any image
TEXTS = {
    *("button", "caption", "checkbox", "download_button", "error", "file_uploader", "info", "markdown"),
    *("metric", "multiselect", "number_input", "progress", "radio", "segmented_control", "selectbox"),
    *("select_slider", "slider", "spinner", "success", "text_input", "toggle", "warning", "write"),
}
NAMED = ("help", "placeholder", "text")


def show_data_of(shape: tuple[int, ...] = IMAGE) -> None:
    """Say what the page shows from now on, also in its fragments."""
    streamlit.session_state[SHAPE_KEY] = shape


def in_words(text: str) -> str:
    """Return a text in the words of the data that the page shows."""
    return in_words_of(streamlit.session_state.get(SHAPE_KEY, IMAGE), text)


class _Prose:
    """Streamlit, with the texts of TEXTS in the words of the data."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(streamlit, name)
        return _in_words(function) if name in TEXTS else function


def _in_words(function: Callable) -> Callable:
    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if args and isinstance(args[0], str):
            args = (in_words(args[0]), *args[1:])
        options |= {name: in_words(options[name]) for name in NAMED if isinstance(options.get(name), str)}
        if callable(label := options.get("format_func")):
            options["format_func"] = lambda value: in_words(str(label(value)))
        return function(*args, **options)

    return call


st = _Prose()
