"""Use case: import weights in safetensors of any network: with a list of its layers, or as a plain
nn.Sequential; or a model that pythae saved.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from explorer.chains.described import HELP, read_described
from explorer.chains.imported import understand
from explorer.chains.inferred import infer_layers
from explorer.chains.pythae import CONFIG_FILE, CONVERSION, PICKLE, WEIGHTS_FILE, read_config
from explorer.data import load_dataset as load_data
from explorer.data.dataset import Progress, no_progress
from explorer.errors import CorruptFile, UserError
from explorer.fields import IMAGE_SIZES
from explorer.names import sanitize
from explorer.registry import DATASETS
from explorer.runs.import_network import import_understood
from explorer.runs.import_run import MAX_BYTES, unwrap_names
from explorer.store.run import Run
from explorer.untrusted.tensors import read_arrays

MAX_TEXT_BYTES = 1_000_000  # of a configuration


def import_described(
    content: bytes, layers: bytes, dataset: str, name: str, *, encoder: bytes | None = None, **options: Any
) -> Run:
    """Import a state dict in safetensors whose layers are listed in JSON (explorer.chains.described),
    evaluated on the test split of a data set. encoder: another file with its weights, where `content` has
    those of the decoder alone. options: likelihood, pixel_range, max_multiply_adds and on_images, as
    import_onnx() has them. Raises UserError, in one sentence with its remedy, if they do not fit each other
    or the images; then nothing is written.
    """
    return _import(_read_weights(content, encoder), _read_layers(layers), dataset, name, **options)


def import_inferred(
    content: bytes,
    activation: str,
    output: str,
    dataset: str,
    name: str,
    *,
    encoder: bytes | None = None,
    image_size: int | None = None,
    on_images: Progress = no_progress,
    **options: Any,
) -> Run:
    """Import a state dict of two plain nn.Sequential, whose layers are inferred (explorer.chains.inferred).
    image_size: the height of the images of a data set that are resized, if it is known. Otherwise as
    import_described().
    """
    tensors, sides = _read_weights(content, encoder), tuple(IMAGE_SIZES)
    if "image_size" in DATASETS[dataset.partition(":")[0]].options:
        sides = sides if image_size is None else (image_size,)
    elif any(w.ndim == 4 for w in tensors.values()):
        _, height, width = load_data(dataset, on_progress=on_images).shape
        sides = (height,) if height == width else ()
    layers = infer_layers(tensors, activation, output, sides)
    return _import(tensors, layers, dataset, name, on_images=on_images, **options)


def read_pythae_folder(folder: Path) -> tuple[bytes, bytes]:
    """Return the configuration and the weights in the folder that pythae saved a model in. Raises UserError
    if there are none, or the weights were not converted to safetensors.
    """
    config, weights = folder / CONFIG_FILE, folder / WEIGHTS_FILE
    if not config.is_file():
        raise UserError(
            f"{sanitize(str(folder))} is not the folder of a pythae model: it has no {CONFIG_FILE}."
        )
    if not weights.is_file():
        first, second = CONVERSION
        raise UserError(
            f"{sanitize(str(folder))} has no {WEIGHTS_FILE}, and {PICKLE} can run code when it is opened:"
            f" convert it in that folder with `import torch`, `{first}` and `{second}`."
        )
    if weights.stat().st_size > MAX_BYTES:
        raise UserError(f"{WEIGHTS_FILE} is larger than the limit of {MAX_BYTES / 1e6:,.0f} MB.")
    return config.read_bytes()[:MAX_TEXT_BYTES], weights.read_bytes()


def import_pythae(
    config: bytes,
    weights: bytes,
    dataset: str,
    name: str,
    *,
    layers: bytes | None = None,
    likelihood: str | None = None,
    **options: Any,
) -> Run:
    """Import a model of pythae by its configuration and its weights in safetensors. layers: of a model with
    networks of its own, as import_described() takes them. Raises UserError as that does.
    """
    tensors, read_layers = _read_weights(weights), layers and _read_layers(layers)
    config_layers, usual = read_config(config[:MAX_TEXT_BYTES], tensors, bool(layers))
    return _import(
        tensors, read_layers or config_layers, dataset, name, likelihood=likelihood or usual, **options
    )


def _import(
    tensors: dict[str, np.ndarray],
    layers: Any,
    dataset: str,
    name: str,
    *,
    likelihood: str | None = None,
    pixel_range: tuple[float, float] | None = None,
    **options: Any,
) -> Run:
    chains = read_described(layers, tensors)
    imported = understand(chains.encoder, chains.decoder, likelihood, pixel_range)
    return import_understood(imported, dataset, name, **options)


def _read_layers(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise UserError(f"The list of layers is not JSON. {HELP}") from None


def _read_weights(content: bytes, encoder: bytes | None = None) -> dict[str, np.ndarray]:
    """Return the weights of a file, or of a decoder and an encoder in two."""
    if encoder is not None:
        parts = {"decoder": _read_weights(content), "encoder": _read_weights(encoder)}
        return {
            f"{part}.{name.removeprefix(f'{part}.')}": w
            for part, weights in parts.items()
            for name, w in weights.items()
        }
    try:
        return unwrap_names(read_arrays(content))
    except CorruptFile as error:
        raise UserError(
            f"These weights can't be used: {error}. Save a state dict with safetensors."
        ) from None
