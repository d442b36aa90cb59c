"""What the import of a decoder in ONNX needs besides its file."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import streamlit as st

from explorer.store.run import Run
from explorer.ui.train.spec_form import visible_datasets
from explorer.views import words

SUFFIX = ".onnx"
MAX_MULTIPLY_ADDS = 2e12  # on a server, about a minute
PIXEL_RANGES: dict[str, tuple[float, float] | None] = {
    "usual": None,
    "0 to 1": (0.0, 1.0),
    "−1 to 1": (-1.0, 1.0),
}


def is_onnx(name: str) -> bool:
    return PurePath(name).suffix.lower() == SUFFIX


def onnx_form(decoder: Any, round: int) -> Callable[[str], Run] | None:
    """Draw the fields for a decoder, an uploaded file: its encoder, its images and their range. Return a
    function that imports them as a run of a name; None until there is an encoder. round: another number
    clears the field of the encoder.
    """
    st.markdown("This file is the **decoder**. Its layers are read, and nothing in it is run.")
    encoder = st.file_uploader(
        "The encoder: an .onnx file that returns μ, or μ and log σ²", key=f"encoder {round}"
    )
    left, right = st.columns(2)
    dataset = left.selectbox(
        "Images of the network",
        visible_datasets(),
        format_func=words.dataset_option,
        help="Your own images can be uploaded on *Your images*.",
    )
    pixels = right.selectbox(
        "Values from black to white",
        PIXEL_RANGES,
        help="Usual values are 0 to 1, or −1 to 1 if the decoder ends with a tanh.",
    )
    if not encoder:
        return None

    def import_as(name: str) -> Run:
        from explorer.runs.import_network import import_onnx

        return import_onnx(
            (decoder.name, decoder.getvalue()),
            (encoder.name, encoder.getvalue()),
            dataset,
            name,
            pixel_range=PIXEL_RANGES[pixels],
            max_multiply_adds=MAX_MULTIPLY_ADDS,
        )

    return import_as
