"""Chains of weights whose layers are listed by the names that torch has for them, as in ["Linear", "ReLU"].
Sizes follow from the weights.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.chains.chain import MAX_LAYERS, Chain, ChainPair
from explorer.chains.convolutions import Conv, ConvTranspose
from explorer.chains.layer import MAX_OPTION, Layer, Shape, describe
from explorer.chains.layers import (
    Affine,
    Dense,
    Elu,
    Gelu,
    LeakyRelu,
    Relu,
    Reshape,
    Sigmoid,
    Silu,
    Tanh,
    Upsample,
)
from explorer.errors import UserError, unknown_name_error
from explorer.names import sanitize

Tensors = Mapping[str, np.ndarray]
HELP = "docs/own-models.md shows how layers are listed."
WEIGHT = ".weight"


def read_described(description: Any, tensors: Tensors) -> ChainPair:
    """Return the encoder and the decoder of a state dict. description: {"encoder": layers, "decoder":
    layers}, where a layer is its name in torch.nn, or {"layer": name, options…}. "weights" names those of a
    layer, as in "encoder.0", or of two linear layers or convolutions side by side, mu and log sigma²; without
    it, a layer has the next ones of "encoder." or "decoder.", in the order of their numbers.

    Raises UserError, in one sentence, if the layers and the weights do not fit each other.
    """
    if not isinstance(description, dict) or set(description) != {"encoder", "decoder"}:
        raise UserError(f'The layers must be {{"encoder": […], "decoder": […]}}. {HELP}')
    decoder = _Reader("decoder", description["decoder"], tensors)
    decoder_chain = decoder.read(decoder.n_inputs())
    encoder = _Reader("encoder", description["encoder"], tensors)
    pair = ChainPair(encoder.read(decoder_chain.output_shape), decoder_chain)
    used = encoder.used | decoder.used
    if others := sorted(name for name in tensors if name.rpartition(".")[0] not in used):
        raise UserError(f"The weights {sanitize(others[0])!r} belong to no layer in the list. {HELP}")
    return pair


class _Reader:
    """Reads the layers of one part of the network."""

    def __init__(self, part: str, layers: Any, tensors: Tensors):
        if not isinstance(layers, list) or not 1 <= len(layers) <= MAX_LAYERS:
            raise UserError(f"The layers of the {part} must be a list of 1 to {MAX_LAYERS}. {HELP}")
        self.part, self.tensors = part, tensors
        self.layers = [{"layer": layer} if isinstance(layer, str) else layer for layer in layers]
        if not all(isinstance(layer, dict) and isinstance(layer.get("layer"), str) for layer in self.layers):
            raise UserError(f'A layer of the {part} must be a name or {{"layer": name, …}}. {HELP}')
        self.used: set[str] = set()

    def n_inputs(self) -> int:
        """Return how many numbers the part takes, which its first layer with weights says."""
        for layer in self.layers:
            if layer["layer"] == "Unflatten" and "shape" in layer:
                return math.prod(_shape(layer["shape"]))
            if layer["layer"] in WEIGHTED:
                name = (
                    layer["weights"]
                    if isinstance(layer.get("weights"), str)
                    else next(self._names_in_order(), "")
                )
                weight = self._tensor(name, WEIGHT)
                return weight.shape[1 if layer["layer"] == "Linear" else 0] if weight.ndim > 1 else 1
        raise UserError(f"No layer of the {self.part} has weights. {HELP}")

    def read(self, n_inputs: int | Shape) -> Chain:
        """Return the chain of inputs of n numbers, or of a shape."""
        input_shape = (n_inputs,) if isinstance(n_inputs, int) else n_inputs
        shape, layers = input_shape, []
        for i, described in enumerate(self.layers):
            try:
                for layer in self._read(described, shape, i):
                    layers.append(layer)
                    shape = layer.output_shape(shape)
            except (UserError, TypeError, ValueError, LookupError) as error:
                fault = (
                    str(error) if isinstance(error, UserError) else "its options are not those of this layer."
                )
                name = sanitize(described["layer"])
                raise UserError(f"Layer {i + 1} of the {self.part} ({name}) does not fit: {fault}") from error
        return Chain(input_shape, tuple(layers))

    def _read(self, described: dict[str, Any], shape: Shape, i: int) -> list[Layer]:
        name = described["layer"]
        options = {key: value for key, value in described.items() if key not in ("layer", "weights")}
        if name in WEIGHTED:
            given = described.get("weights") or next(self._names_after(), "")
            names = [given] if isinstance(given, str) else list(given)
            self.used.update(names)
            parts = [WEIGHTED[name](self, part, **options) for part in names]
            return [parts[0] if len(parts) == 1 else _side_by_side(parts)]
        if name == "Flatten":
            return [] if len(shape) == 1 else [Reshape((math.prod(shape),), **options)]
        if name == "Unflatten":
            return [Reshape(_shape(options["shape"]) if options else self._square(shape, i))]
        if name == "Upsample":
            return [Upsample(_pair(options["scale_factor"]))]
        if name not in UNWEIGHTED:
            raise unknown_name_error(
                "layer", name, [*WEIGHTED, *UNWEIGHTED, "Flatten", "Unflatten", "Upsample"]
            )
        layer = UNWEIGHTED[name](**options)
        return [layer] if layer else []

    def _square(self, shape: Shape, i: int) -> Shape:
        """Return the square image with the channels that the next layer with weights takes."""
        later = next((layer for layer in self.layers[i:] if layer["layer"] in WEIGHTED), None)
        if later and isinstance(name := later.get("weights") or next(self._names_after(), ""), str):
            weight = self._tensor(name, WEIGHT)
            channels = (
                weight.shape[0 if later["layer"] == "ConvTranspose2d" else 1] if weight.ndim == 4 else 0
            )
            side = math.isqrt(shape[0] // channels) if channels else 0
            if channels * side * side == shape[0]:
                return channels, side, side
        raise UserError('Its size does not follow from the weights: add "shape": [C, H, W].')

    def _names_in_order(self) -> Iterator[str]:
        """Yield the names of weights of this part, without those of their tensors."""
        prefix = f"{self.part}."
        names = {name.rpartition(".")[0] for name in self.tensors if name.startswith(prefix)}
        yield from sorted(names, key=_in_numbers)

    def _names_after(self) -> Iterator[str]:
        return (name for name in self._names_in_order() if name not in self.used)

    def _tensor(self, name: str, suffix: str) -> np.ndarray:
        if (tensor := self.tensors.get(f"{name}{suffix}")) is None:
            raise UserError(f"There are no weights {sanitize(name + suffix)!r}.")
        return np.asarray(tensor, np.float64)

    def weight_and_bias(self, name: str, n_out_axis: int, groups: int = 1) -> tuple[np.ndarray, np.ndarray]:
        weight = self._tensor(name, WEIGHT)
        n_out = weight.shape[n_out_axis] * groups if weight.ndim > n_out_axis else 0
        return weight, np.asarray(self.tensors.get(f"{name}.bias", np.zeros(n_out)), np.float64)

    def dense(self, name: str) -> Layer:
        return Dense(*self.weight_and_bias(name, 0))

    def conv(self, name: str, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Layer:
        weights = self.weight_and_bias(name, 0)
        return Conv(*weights, _pair(stride), _pair(padding) * 2, _pair(dilation), _pair(groups)[0])

    def conv_transpose(
        self,
        name: str,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Layer:
        weights = self.weight_and_bias(name, 1, _pair(groups)[0])
        sizes = _pair(stride), _pair(padding) * 2, _pair(output_padding), _pair(dilation)
        return ConvTranspose(*weights, *sizes, _pair(groups)[0])

    def batch_norm(self, name: str, eps: float = 1e-5) -> Layer:
        mean, variance = self._tensor(name, ".running_mean"), self._tensor(name, ".running_var")
        scale = np.asarray(self.tensors.get(f"{name}.weight", np.ones(mean.shape))) / np.sqrt(
            variance + _number(eps)
        )
        return Affine(
            scale, np.asarray(self.tensors.get(f"{name}.bias", np.zeros(mean.shape))) - mean * scale
        )


def _in_numbers(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts names by the numbers in them."""
    words = re.split(r"[._]|(?<=\D)(?=\d)", name)
    return [(int(word), "") if word.isdecimal() else (-1, word) for word in words]


def _side_by_side(parts: list[Layer]) -> Layer:
    """Return one layer with the outputs of all, one after the other."""
    first = parts[0]
    are_alike = isinstance(first, Dense | Conv) and all(part.options == first.options for part in parts)
    if not are_alike or first.options.get("groups", 1) != 1:
        raise UserError("Only linear layers, or convolutions without groups, stand side by side.")
    weights = {name: np.concatenate([part.weights[name] for part in parts]) for name in first.tensors}
    return replace(first, **weights)


def _pair(value: Any) -> Shape:
    first, second = value if isinstance(value, list) else (value, value)
    if not all(type(n) is int and 0 <= n <= MAX_OPTION for n in (first, second)):
        raise ValueError("not two sizes")
    return first, second


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("not a number")
    return float(value)


def _shape(value: Any) -> Shape:
    shape = tuple(value)
    if not all(type(n) is int and n > 0 for n in shape) or len(shape) not in (1, 3):
        raise UserError(f"{sanitize(describe(shape))} is not a shape: give [C, H, W].")
    return shape


WEIGHTED: dict[str, Callable[..., Layer]] = {
    "Linear": _Reader.dense,
    "Conv2d": _Reader.conv,
    "ConvTranspose2d": _Reader.conv_transpose,
    "BatchNorm1d": _Reader.batch_norm,
    "BatchNorm2d": _Reader.batch_norm,
}
UNWEIGHTED: dict[str, Callable[..., Layer | None]] = {
    "ReLU": Relu,
    "LeakyReLU": lambda negative_slope=0.01: LeakyRelu(_number(negative_slope)),
    "ELU": lambda alpha=1.0: Elu(_number(alpha)),
    "GELU": lambda approximate="none": Gelu(approximate == "tanh"),
    "SiLU": Silu,
    "Tanh": Tanh,
    "Sigmoid": Sigmoid,
    "Identity": lambda: None,
    "Dropout": lambda p=0.5: None,
}
