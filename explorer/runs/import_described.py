"""Use case: import weights in safetensors whose layers are listed, or the folder of a pythae model."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from explorer.chains.described import HELP, read_described
from explorer.chains.imported import understand
from explorer.chains.pythae import CONFIG_FILE, CONVERSION, PICKLE, WEIGHTS_FILE, read_config
from explorer.data.dataset import Progress, no_progress
from explorer.errors import CorruptFile, UserError
from explorer.names import sanitize
from explorer.runs.import_network import import_understood
from explorer.runs.import_run import unwrap_names
from explorer.store.run import Run
from explorer.untrusted.tensors import read_arrays

MAX_TEXT_BYTES = 1_000_000  # of a configuration


def import_described(content: bytes, layers: bytes, dataset: str, name: str, **options: Any) -> Run:
    """Import a state dict in safetensors whose layers are listed in JSON (explorer.chains.described),
    evaluated on the test split of a data set. options: likelihood, pixel_range and on_images, as
    import_onnx() has them. Raises UserError, in one sentence with its remedy, if they do not fit each other
    or the images; then nothing is written.
    """
    return _import(_read_weights(content), _read_layers(layers), dataset, name, **options)


def import_pythae(
    folder: Path,
    dataset: str,
    name: str,
    *,
    layers: bytes | None = None,
    likelihood: str | None = None,
    **options: Any,
) -> Run:
    """Import the folder that pythae saved a model in, whose weights were converted to safetensors. layers: of
    a model with networks of its own, as import_described() takes them. Raises UserError as that does.
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
    tensors, read_layers = _read_weights(weights.read_bytes()), layers and _read_layers(layers)
    config_layers, usual = read_config(config.read_bytes()[:MAX_TEXT_BYTES], tensors, bool(layers))
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
    on_images: Progress = no_progress,
) -> Run:
    chains = read_described(layers, tensors)
    imported = understand(chains.encoder, chains.decoder, likelihood, pixel_range)
    return import_understood(imported, dataset, name, on_images=on_images)


def _read_layers(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise UserError(f"The list of layers is not JSON. {HELP}") from None


def _read_weights(content: bytes) -> dict[str, np.ndarray]:
    try:
        return unwrap_names(read_arrays(content))
    except CorruptFile as error:
        raise UserError(
            f"These weights can't be used: {error}. Save a state dict with safetensors."
        ) from None
