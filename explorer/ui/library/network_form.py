"""What the import of a network of another program needs besides its file."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any

import streamlit as st

from explorer.chains.inferred import ACTIVATIONS, OUTPUTS
from explorer.chains.pythae import CONFIG_FILE
from explorer.store.run import Run
from explorer.ui.train.spec_form import visible_datasets
from explorer.untrusted.execution import is_allowed
from explorer.views import words

SUFFIX = ".onnx"
MAX_MULTIPLY_ADDS = 2e12  # on a server, about a minute
MAX_SECONDS = 60.0  # of networks that are executed
PIXEL_RANGES: dict[str, tuple[float, float] | None] = {
    "usual": None,
    "0 to 1": (0.0, 1.0),
    "−1 to 1": (-1.0, 1.0),
}
OURS, LISTED, PLAIN, PYTHAE = (
    "a network of this app",
    "a list of layers",
    "plain sequences (nn.Sequential)",
    "a model of pythae",
)
Importer = Callable[[str], Run]  # of a name


def is_onnx(name: str) -> bool:
    return PurePath(name).suffix.lower() == SUFFIX


def choose_origin() -> str:
    """Draw the choice of what weights belong to, and return it."""
    return st.segmented_control(
        "These weights belong to", (OURS, LISTED, PLAIN, PYTHAE), default=OURS, required=True
    )


def onnx_form(decoder: Any, round: int) -> Importer | None:
    """Draw the fields for a decoder, an uploaded file: its encoder, its images and their range. Return a
    function that imports them as a run of a name; None until there is an encoder. round: another number
    clears the field of the encoder.
    """
    st.markdown("This file is the **decoder**. Its layers are read, and nothing in it is run.")
    encoder = st.file_uploader(
        "The encoder: an .onnx file that returns μ, or μ and log σ²", key=f"encoder {round}"
    )
    choice = _choose_images()
    executes = is_allowed() and st.checkbox(
        "Execute what is not made of known layers",
        help="onnxruntime then computes it on this server, in a process with limits of time and memory.",
    )
    if not encoder:
        return None

    def import_as(name: str) -> Run:
        from explorer.runs.import_executed import import_executed
        from explorer.runs.import_network import import_onnx

        import_networks = partial(import_executed, max_seconds=MAX_SECONDS) if executes else import_onnx
        return import_networks(
            (decoder.name, decoder.getvalue()),
            (encoder.name, encoder.getvalue()),
            choice.dataset,
            name,
            **choice.options,
        )

    return import_as


def weights_form(content: bytes, origin: str, round: int) -> Importer | None:
    """Draw the fields for weights of another network than those of this app, and return a function that
    imports them as a run of a name; None until all is there. round: as in onnx_form().
    """
    return {LISTED: _listed_form, PLAIN: _plain_form, PYTHAE: _pythae_form}[origin](content, round)


def _listed_form(content: bytes, round: int) -> Importer | None:
    layers = st.file_uploader(
        "The list of layers: a .json file",
        key=f"layers {round}",
        help='As in {"encoder": ["Flatten", "Linear", "ReLU", "Linear"], "decoder": […]}; docs/own-models.md'
        " shows how.",
    )
    encoder = _encoder_field(round)
    choice = _choose_images()
    if not layers:
        return None

    def import_as(name: str) -> Run:
        from explorer.runs.import_described import import_described

        return import_described(
            content, layers.getvalue(), choice.dataset, name, encoder=encoder, **choice.options
        )

    return import_as


def _plain_form(content: bytes, round: int) -> Importer | None:
    st.markdown("The layers follow from the weights, if only one list of layers fits; the functions do not.")
    left, right = st.columns(2)
    activation = left.selectbox("Function between layers", ACTIVATIONS)
    output = right.selectbox("Function at the end of the decoder", OUTPUTS)
    encoder = _encoder_field(round)
    choice = _choose_images()

    def import_as(name: str) -> Run:
        from explorer.runs.import_described import import_inferred

        return import_inferred(
            content, activation, output, choice.dataset, name, encoder=encoder, **choice.options
        )

    return import_as


def _pythae_form(content: bytes, round: int) -> Importer | None:
    config = st.file_uploader(f"Its {CONFIG_FILE}", key=f"config {round}")
    layers = st.file_uploader(
        "The list of layers, a .json file, for networks of its own", key=f"layers {round}"
    )
    choice = _choose_images()
    if not config:
        return None

    def import_as(name: str) -> Run:
        from explorer.runs.import_described import import_pythae

        listed = layers.getvalue() if layers else None
        return import_pythae(
            config.getvalue(), content, choice.dataset, name, layers=listed, **choice.options
        )

    return import_as


def _encoder_field(round: int) -> bytes | None:
    """Return the weights of the encoder, where they are in a file of their own."""
    file = st.file_uploader(
        "The encoder, if its weights are in a .safetensors file of their own", key=f"encoder {round}"
    )
    return file.getvalue() if file else None


@dataclass(frozen=True)
class _Choice:
    """A data set, and the options of an import."""

    dataset: str
    options: dict[str, Any]


def _choose_images() -> _Choice:
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
    return _Choice(dataset, {"pixel_range": PIXEL_RANGES[pixels], "max_multiply_adds": MAX_MULTIPLY_ADDS})
