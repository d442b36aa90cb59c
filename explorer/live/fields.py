"""The states of the live figures as tables of typed fields. Python checks messages and addresses with them,
and explorer/live/core/state.js what the browser gets and writes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.query import Field, Scalar, Vector

MAX_COORDINATE = 1e6  # that a z may be from 0 in any dimension
Z, AE_Z, BETA, CLASS, WALK_START, EPOCH = "z", "ae_z", "beta", "class", "from", "epoch"
WALK_IMAGES = "from_image", "to_image"  # the test images at the ends of the path
NOISE = "noise"  # at which the path of a second stage begins
# Map coordinates in standard deviations; the mean unless it was chosen
WALK_START_FIELD = Vector(WALK_START, 2, MAX_COORDINATE, default=[0.0, 0.0])


def pad_fields(
    dimensions: Mapping[str, int], betas: Sequence[float] = (), n_classes: int = 0, n_images: int = 0
) -> list[Field]:
    """Return the state of a pad: a z of each run, the KL weight of a ladder, the class that a conditional
    model decodes, of a pair the start of the path and the test images at its ends.

    dimensions: of each z, by its name; betas: the KL weights of the ladder, which rise; empty without one;
    n_classes: of a conditional model, 0 for others; n_images: of how many test images both runs of a pair
    have codes, 0 if no path leads between images.
    """
    walk: list[Field] = [WALK_START_FIELD]
    if n_images:
        walk += [
            Scalar(name, None, 0, n_images - 1, label=name.replace("_", " "), kind=int)
            for name in WALK_IMAGES
        ]
    return [
        *(Vector(name, n, MAX_COORDINATE) for name, n in dimensions.items()),
        *([Scalar(BETA, None, betas[0], betas[-1], label="KL weight", kind=float)] if betas else []),
        *([Scalar(CLASS, None, 0, n_classes - 1, kind=int)] if n_classes else []),
        *(walk if len(dimensions) > 1 else []),
    ]


def replay_fields(epochs: Sequence[int]) -> list[Field]:
    """Return the state of a replay: the epoch that it shows."""
    return [Scalar(EPOCH, None, epochs[0], epochs[-1], kind=float)]


def check_values(fields: Sequence[Field], values: object) -> dict[str, Any]:
    """Return what a browser says as values of the fields; what is invalid, missing or not declared is left
    out.
    """
    checked: dict[str, Any] = {}
    if not isinstance(values, dict):
        return checked
    for field in fields:
        try:
            checked[field.name] = field.check(values[field.name])
        except (KeyError, ValueError):
            continue
    return checked


def describe(fields: Sequence[Field]) -> list[dict]:
    """Return the declaration of a state for the browser, as JSON values."""
    return [field.describe() for field in fields]
