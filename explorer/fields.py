"""The fields of a run's settings: their limits, the check of a value, and the one form of values that can be
written in several ways.
"""

import os
from collections.abc import Collection
from dataclasses import Field, field
from itertools import pairwise
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from explorer.errors import UserError, unknown_name_error
from explorer.names import is_file_name, sanitize
from explorer.registry import DATASETS

IMAGE_SIZES = (16, 28, 32, 64)  # pixels
MAX_IMAGE_SIZE = 256  # of an imported network
MAX_BETA = 1000.0
MAX_RUNGS = 40
MAX_EPOCHS = 10_000  # of a stage of a training
AUGMENTATIONS = (
    "mirror",
    "shift",
    "small-shift",
    "brightness",
)  # explorer.training.augmentation says what they do
TYPE_NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


T = TypeVar("T")


def option(
    default: T,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    choices: Collection[str] | Collection[int] | None = None,
    is_open: bool = False,
) -> T:
    """Return a dataclass field with its help text, and its limits or its choices. is_open: whether other
    choices can be valid too.
    """
    limits = {"low": low, "high": high, "step": step, "choices": choices, "is_open": is_open}
    return field(default=default, metadata={"help": help} | limits)


def value_type(f: Field) -> type:
    """Return the type of a field's value: str, bool, int or float."""
    return next(t for t in (bool, int, float, str) if f.type is t or f.type == t | None)


def checked_value(f: Field, value: Any) -> Any:
    """Return the value of a field as its type. Raises UserError unless it is among the field's choices, and
    between its limits.
    """
    expected_type, m = value_type(f), f.metadata
    label = f.name.replace("_", " ")
    if value is None and f.default is None:
        return None
    if expected_type is float and type(value) is int:
        value = float(value)
    if type(value) is not expected_type:
        raise UserError(
            f"{label.capitalize()} must be {TYPE_NAMES[expected_type]}, not {sanitize(repr(value))}."
        )
    if m["choices"] and not m["is_open"] and value not in m["choices"]:
        if expected_type is str:
            raise unknown_name_error(label, str(value), m["choices"])
        raise UserError(
            f"{label.capitalize()} must be one of {', '.join(map(str, m['choices']))}, not {value}."
        )
    if m["low"] is not None and not m["low"] <= value <= m["high"]:  # also for NaN
        low, high = (
            f"{limit:,}" if expected_type is int else f"{limit:,g}" for limit in (m["low"], m["high"])
        )
        raise UserError(f"{label.capitalize()} must be between {low} and {high}, not {sanitize(str(value))}.")
    return value


def canonical_dataset(dataset: str) -> str:
    """Return the name of a data set with its path, if it has one, made absolute. Raises UserError if there is
    no such data set, or for an invalid path or name.
    """
    name, _, argument = dataset.partition(":")
    if name not in DATASETS:
        raise unknown_name_error("data set", dataset, DATASETS)
    kind = DATASETS[name]
    if bool(kind.argument) != bool(argument):
        raise UserError(
            f"{sanitize(dataset)!r} is not a data set: write folder:PATH for a folder of images, file:PATH"
            " for a file of images, own:NAME for uploaded images, and only the name for all others."
        )
    if kind.argument == "name" and not is_file_name(argument):
        raise UserError(
            f"{sanitize(argument)!r} cannot be the name of uploaded images: use letters, digits, '_', '-' and"
            " '.'."
        )
    return f"{name}:{_absolute(argument)}" if kind.is_path else dataset


def _absolute(path: str) -> Path | str:
    """Return the absolute path, with links resolved. An absolute path of another operating system, on which a
    run was trained, is returned unchanged. Raises UserError for an invalid path.
    """
    from_root = path.startswith("/")
    if (
        os.name == "nt"
        and from_root
        or os.name == "posix"
        and not from_root
        and PureWindowsPath(path).is_absolute()
    ):
        return path
    try:
        return Path(os.path.expanduser(path)).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a null byte
        raise UserError(
            f"{sanitize(path)!r} cannot be the path of a folder. Write it as in folder:/home/me/faces."
        ) from None


def checked_image_size(size: int, is_trainable: bool) -> int:
    """Return the size of images. Raises UserError unless it is one of IMAGE_SIZES, or, of an imported
    network, up to MAX_IMAGE_SIZE.
    """
    if is_trainable and size not in IMAGE_SIZES:
        raise UserError(f"Image size must be one of {', '.join(map(str, IMAGE_SIZES))}, not {size}.")
    if not 1 <= size <= MAX_IMAGE_SIZE:
        raise UserError(f"Image size must be between 1 and {MAX_IMAGE_SIZE}, not {size}.")
    return size


def checked_code_dim(code_dim: int | None, latent_dim: int) -> int:
    """Return the dimension of a codebook entry. Raises UserError unless it divides latent_dim."""
    code_dim = code_dim or (2 if latent_dim % 2 == 0 else 1)
    if latent_dim % code_dim:
        raise UserError(
            f"The latent dimension, {latent_dim}, is not a multiple of the dimension of a codebook"
            f" entry, {code_dim}. Choose a code dim that divides the latent dim."
        )
    return code_dim


def canonical_augment(augment: str | None) -> str | None:
    """Return the names of augmentations in the order of AUGMENTATIONS, each once; None for no name. Raises
    UserError for an unknown name.
    """
    names = [part.strip() for part in (augment or "").split(",") if part.strip()]
    for name in names:
        if name not in AUGMENTATIONS:
            raise unknown_name_error("augmentation", name, AUGMENTATIONS)
    return ",".join(name for name in AUGMENTATIONS if name in names) or None


def _parse_betas(betas: str) -> list[tuple[float, int | None]]:
    """Return the KL weights of a ladder, each with its number of epochs, or None for a rung without a number
    of its own. betas: as in "0.1,1,4:30". Raises UserError unless the KL weights are positive and in rising
    order, and the numbers of epochs those of a rung that is trained on.
    """
    try:
        parts = [part.partition(":") for part in betas.split(",")]
        values = [
            (float(f"{float(beta):g}"), int(epochs) if colon else None) for beta, colon, epochs in parts
        ]
    except ValueError:
        raise UserError(
            "Betas must be numbers separated by commas, as in 0.01,0.1,1, or 0.1,1,4:30 for 30 epochs at 4,"
            f" not {sanitize(repr(betas))}."
        ) from None
    weights = [beta for beta, _ in values]
    if not (
        2 <= len(weights) <= MAX_RUNGS
        and weights[0] > 0
        and weights[-1] <= MAX_BETA
        and all(a < b for a, b in pairwise(weights))
    ):
        raise UserError(
            f"The betas of a ladder must be 2 to {MAX_RUNGS} numbers in rising order, above 0 and at most"
            f" {MAX_BETA:,g}, not {sanitize(betas)}."
        )
    if values[0][1] is not None:
        raise UserError(
            "The first KL weight of a ladder is trained for the number of epochs: set that number instead of"
            f" {sanitize(betas.split(',')[0])} in the betas."
        )
    if not all(epochs is None or 1 <= epochs <= MAX_EPOCHS for _, epochs in values):
        raise UserError(
            f"The number of epochs of a rung must be between 1 and {MAX_EPOCHS:,}: correct {sanitize(betas)}."
        )
    return values


def canonical_betas(betas: str, rung_epochs: int) -> str:
    """Return the KL weights of a ladder in their shortest form: a rung of rung_epochs epochs has no number of
    its own. Raises UserError for those that no ladder can have.
    """
    return ",".join(
        f"{beta:g}" if epochs in (None, rung_epochs) else f"{beta:g}:{epochs}"
        for beta, epochs in _parse_betas(betas)
    )


def ladder_stages(betas: str, epochs: int, rung_epochs: int) -> tuple[tuple[float, int], ...]:
    """Return the KL weight and the number of epochs of each rung; those of the first are `epochs`."""
    first, *others = _parse_betas(betas)
    return ((first[0], epochs), *((beta, own_epochs or rung_epochs) for beta, own_epochs in others))
