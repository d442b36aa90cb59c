"""A chain: known layers, one after the other. A network of another program is read as a chain, which consists
of numbers only, and nothing of it is ever run as code.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import numpy as np

from explorer.chains.layer import MAX_OPTION, MAX_VALUES, Layer, Shape
from explorer.chains.layers import LAYERS
from explorer.errors import CorruptFile, UserError, corrupt_file_errors

MAX_LAYERS = 500
MAX_MULTIPLY_ADDS = 2_000_000_000  # for one image


@dataclass(frozen=True, eq=False)
class Chain:
    """Layers for inputs of a shape, without the batch. Raises UserError if one does not fit the one before,
    or if they are too many or compute too much.
    """

    input_shape: Shape
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        if len(self.layers) > MAX_LAYERS:
            raise UserError(f"The network has {len(self.layers):,} layers, and the limit is {MAX_LAYERS}.")
        if self.multiply_adds > MAX_MULTIPLY_ADDS:
            raise UserError(
                f"The network takes {self.multiply_adds:,} multiplications for one image, and the limit is"
                f" {MAX_MULTIPLY_ADDS:,}."
            )

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of the input, and of the output of each layer."""
        shapes = [_checked_shape(self.input_shape)]
        for i, layer in enumerate(self.layers):
            try:
                shapes.append(_checked_shape(layer.output_shape(shapes[-1])))
            except UserError as error:
                raise UserError(
                    f"Layer {i + 1} of the network ({layer.kind}) does not fit: {error}"
                ) from None
        return tuple(shapes)

    @property
    def output_shape(self) -> Shape:
        return self.shapes[-1]

    @cached_property
    def multiply_adds(self) -> int:
        """The number of multiplications for one image."""
        return sum(layer.multiply_adds(shape) for layer, shape in zip(self.layers, self.shapes))

    @property
    def tensors(self) -> dict[str, np.ndarray]:
        """The weights, float32, by the number of their layer and their name, as in "0.weight"."""
        return {
            f"{i}.{name}": weight
            for i, layer in enumerate(self.layers)
            for name, weight in layer.weights.items()
        }

    def to_dict(self) -> dict[str, Any]:
        """Return all but the weights, for JSON."""
        layers = [{"kind": layer.kind} | layer.options for layer in self.layers]
        return {"input_shape": self.input_shape, "layers": layers}

    @classmethod
    def from_dict(cls, record: dict[str, Any], tensors: Mapping[str, np.ndarray]) -> "Chain":
        """Return the chain of such a record and its tensors, named as `tensors` has them. Raises CorruptFile
        for anything else, and UserError for layers that do not fit.
        """
        with corrupt_file_errors("its layers are not those of a network"):
            names = set()
            layers = []
            for i, described in enumerate(record["layers"][: MAX_LAYERS + 1]):
                kind = LAYERS[described["kind"]]
                weights = {name: tensors[f"{i}.{name}"] for name in kind.tensors}
                names |= {f"{i}.{name}" for name in kind.tensors}
                options = {name: value for name, value in described.items() if name != "kind"}
                types = {f.name: f.type for f in fields(kind) if f.name not in kind.tensors}
                layers.append(
                    kind(**weights, **{name: _option(types[name], v) for name, v in options.items()})
                )
            if names != set(tensors):
                raise CorruptFile("it contains weights that belong to no layer")
            return cls(_option(Shape, record["input_shape"]), tuple(layers))


@dataclass(frozen=True, eq=False)
class ChainParts:
    """An encoder, images [C, H, W] to numbers, and a decoder, codes [D] to images: None of either that is not
    known, or that a function computes.
    """

    encoder: Chain | None
    decoder: Chain | None

    @property
    def tensors(self) -> dict[str, np.ndarray]:
        """The weights of both, as in "encoder.0.weight"."""
        return {
            f"{name}.{key}": weight
            for name in PAIR
            if (chain := getattr(self, name))
            for key, weight in chain.tensors.items()
        }

    def to_dict(self) -> dict[str, Any]:
        return {name: (chain := getattr(self, name)) and chain.to_dict() for name in PAIR}

    @classmethod
    def from_dict(cls, record: dict[str, Any], tensors: Mapping[str, np.ndarray]) -> Self:
        """Return the parts of such a record and its tensors. Other tensors are ignored, and so is a part
        without layers. Raises as Chain.from_dict() does.
        """
        with corrupt_file_errors("its layers are not those of an encoder and a decoder"):
            parts = {name: f"{name}." for name in PAIR}
            return cls(
                *(
                    Chain.from_dict(
                        record[name],
                        {
                            key.removeprefix(prefix): weight
                            for key, weight in tensors.items()
                            if key.startswith(prefix)
                        },
                    )
                    if record[name] and "layers" in record[name]
                    else None
                    for name, prefix in parts.items()
                )
            )


@dataclass(frozen=True, eq=False)
class ChainPair(ChainParts):
    """Both are known."""

    encoder: Chain
    decoder: Chain


PAIR = ("encoder", "decoder")


def _checked_shape(shape: Shape) -> Shape:
    if not (shape and min(shape) >= 1 and math.prod(shape) <= MAX_VALUES):
        raise UserError(
            f"The shape {list(shape)} has {'too many' if min(shape, default=0) > 0 else 'no'} numbers."
        )
    return shape


def _option(expected: Any, value: Any) -> Any:
    """Return an option from JSON as its type. Raises ValueError if it is not of it."""
    if expected == Shape and isinstance(value, list | tuple):
        return tuple(_option(int, number) for number in value[:5])
    if expected is float and type(value) in (int, float) and math.isfinite(value):
        return float(value)
    if expected is bool and type(value) is bool:
        return value
    if expected is int and type(value) is int and 0 <= value <= MAX_OPTION:
        return value
    raise ValueError(f"not of type {expected}")
