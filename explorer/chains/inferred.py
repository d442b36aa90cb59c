"""The list of layers of a plain nn.Sequential, inferred from the numbers in the names of its weights and from
their shapes, where only one list fits them (explorer.chains.described reads it). What has no weights is
inferred from numbers that are left out: a function between two layers, or a change of shape.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.chains.layer import Shape
from explorer.errors import UserError
from explorer.names import sanitize

ACTIVATIONS = {
    "relu": "ReLU",
    "leaky-relu": "LeakyReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
}
OUTPUTS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "none": "Identity"}  # of the decoder
REMEDY = "list the layers in a JSON file (docs/own-models.md shows how)"
MAX_STRIDE, MAX_KERNEL, MAX_TRIED = 4, 16, 5_000  # what is tried: bounds the time
Described = dict[str, Any] | str
Options = dict[
    tuple[str, int], tuple[int, int, int]
]  # of the convolutions of a kind with kernels of one size
WHOLE = (1, 0, 0)  # stride, padding and output padding of a convolution between one pixel and a whole image


def infer_layers(
    tensors: Mapping[str, np.ndarray], activation: str, output: str, sides: Collection[int]
) -> dict[str, list[Described]]:
    """Return the layers of the encoder and of the decoder, whose weights have names as "encoder.0.weight".
    activation: between the layers, a key of ACTIVATIONS; output: at the end of the decoder, a key of OUTPUTS;
    sides: the heights that the square images of a convolutional network may have.

    Convolutions with kernels of one size have the same stride and padding, except one between a single pixel
    and an image of the size of its kernel. An encoder has no transposed convolutions. Raises UserError if no
    list fits, or several do.
    """
    encoder, decoder = (_Sequence(part, tensors, ACTIVATIONS[activation]) for part in ("encoder", "decoder"))
    decoders = [
        (layers, shape)
        for layers, shape in decoder.lists((decoder.n_inputs(),))
        if len(shape) == 1 or shape[0] in (1, 3) and shape[1] in sides
    ]
    found: list[dict[str, list[Described]]] = []
    for start in encoder.starts(sides):
        for layers, code in encoder.lists(start):
            if (
                math.prod(code) not in (decoder.n_inputs(), 2 * decoder.n_inputs())
                or max(code[1:], default=1) > 1
            ):
                continue
            flat: list[Described] = ["Flatten"] if len(code) == 3 else []
            for others, shape in decoders:
                if math.prod(shape) == math.prod(start):
                    image: list[Described] = []
                    if len(start) == 3 and len(shape) == 1:
                        image = [{"layer": "Unflatten", "shape": list(start)}]
                    of_decoder = [*others, *image, OUTPUTS[output]]
                    found.append(
                        {"encoder": ["Flatten"] * (len(start) == 1) + layers + flat, "decoder": of_decoder}
                    )
    if len(found) != 1:
        fault = "fit more than one list of layers" if found else "fit no list of layers of an nn.Sequential"
        raise UserError(f"The shapes of these weights {fault}: {REMEDY}.")
    return found[0]


@dataclass(frozen=True)
class _Weights:
    """number: of the layer in its nn.Sequential; name: of its weights; n_bias: None without a bias."""

    number: int
    name: str
    shape: Shape
    n_bias: int | None
    is_norm: bool


class _Sequence:
    """The weights of one part of the network, in their order."""

    def __init__(self, part: str, tensors: Mapping[str, np.ndarray], activation: str):
        self.part, self.activation, self.n_tried = part, activation, 0
        names = {name.rpartition(".")[0] for name in tensors if name.startswith(f"{part}.")}
        matches = {name: re.fullmatch(r"(.*)\.(\d{1,6})", name) for name in names}
        others = [name for name, match in matches.items() if not match]
        if not names or others or len({match[1] for match in matches.values() if match}) > 1:
            what = f"{min(others)!r} is" if others else f"those of the {part} are"
            raise UserError(
                f"The layers cannot be inferred, because {sanitize(what)} not numbered as in one"
                f" nn.Sequential: {REMEDY}."
            )
        self.weights = sorted(
            (self._read(int(match[2]), name, tensors) for name, match in matches.items() if match),
            key=lambda weights: weights.number,
        )

    def _read(self, number: int, name: str, tensors: Mapping[str, np.ndarray]) -> _Weights:
        is_norm = f"{name}.running_mean" in tensors
        weight = tensors.get(f"{name}.{'running_mean' if is_norm else 'weight'}")
        if weight is None or weight.ndim not in ((1,) if is_norm else (2, 4)) or not weight.size:
            raise UserError(
                f"The layers cannot be inferred, because {sanitize(name)!r} is not a linear layer, a"
                f" convolution or a batch normalisation: {REMEDY}."
            )
        bias = tensors.get(f"{name}.bias")
        return _Weights(number, name, weight.shape, None if bias is None else bias.size, is_norm)

    def n_inputs(self) -> int:
        """Return how many numbers the part takes, if it begins with a vector or with 1×1 pixels."""
        first = self.weights[0]
        return first.shape[1 if len(first.shape) == 2 else 0]

    def starts(self, sides: Collection[int]) -> list[Shape]:
        """Return the possible shapes of images that the part takes."""
        first = self.weights[0]
        return (
            [(first.shape[1], side, side) for side in sides]
            if len(first.shape) == 4
            else [(self.n_inputs(),)]
        )

    def _count(self) -> None:
        """Count what is tried. Raises UserError if it is too much."""
        self.n_tried += 1
        if self.n_tried > MAX_TRIED:
            raise UserError(f"The shapes of these weights fit too many lists of layers: {REMEDY}.")

    def lists(self, start: Shape) -> Iterator[tuple[list[Described], Shape]]:
        """Yield the lists of layers that fit the weights from an input of a shape, with the output shapes."""
        yield from self._lists(0, start, {})

    def _lists(self, i: int, shape: Shape, options: Options) -> Iterator[tuple[list[Described], Shape]]:
        self._count()
        if i == len(self.weights):
            yield [], shape
            return
        weights = self.weights[i]
        for name, source in self._kinds(weights, shape):
            before = self._before(i, shape, source)
            for layer, after, chosen in self._layers(weights, name, source, options):
                for rest, last in self._lists(i + 1, after, chosen):
                    yield [*before, layer, *rest], last

    def _kinds(self, weights: _Weights, shape: Shape) -> Iterator[tuple[str, Shape]]:
        """Yield the kinds of layers with these weights, and the shapes that they take in place of `shape`."""
        if weights.is_norm:
            if weights.shape[0] == shape[0]:
                yield f"BatchNorm{2 if len(shape) == 3 else 1}d", shape
        elif len(weights.shape) == 2:
            if math.prod(shape) == weights.shape[1]:
                yield "Linear", (math.prod(shape),)
        else:
            kinds = {"Conv2d": (1, 0), "ConvTranspose2d": (0, 1)}
            for name in kinds if self.part == "decoder" else ["Conv2d"]:
                n_in, n_out = (weights.shape[axis] for axis in kinds[name])
                side = math.isqrt(shape[0] // n_in) if len(shape) == 1 else shape[1]
                if math.prod(shape) == n_in * side**2 and weights.n_bias in (None, n_out):
                    yield name, (n_in, side, side)

    def _before(self, i: int, shape: Shape, source: Shape) -> list[Described]:
        """Return what has no weights before layer i, which takes `source` where the one before it returns
        `shape`.
        """
        reshape: list[Described] = []
        if len(shape) != len(source):
            reshape = ["Flatten"] if len(source) == 1 else [{"layer": "Unflatten", "shape": list(source)}]
        if i == 0:
            return reshape
        first, second = self.weights[i - 1], self.weights[i]
        n_between = second.number - first.number - 1 - len(reshape)
        has_dropout = n_between == 2 and len(shape) == len(source) == 1
        if n_between not in (0, 1) and not has_dropout:
            raise UserError(
                f"The layers between {sanitize(first.name)!r} and {sanitize(second.name)!r} cannot be"
                f" inferred: {REMEDY}."
            )
        return [*([self.activation] if n_between else []), *reshape]

    def _layers(
        self, weights: _Weights, name: str, shape: Shape, options: Options
    ) -> Iterator[tuple[Described, Shape, Options]]:
        """Yield the layers of a kind with these weights, their output shapes, and the options of convolutions
        that are then known.
        """
        if len(weights.shape) != 4:
            yield (
                {"layer": name, "weights": weights.name},
                shape if weights.is_norm else weights.shape[:1],
                options,
            )
            return
        kernel, other = weights.shape[2:]
        if kernel != other or kernel > MAX_KERNEL:
            return
        key, is_transposed, side = (name, kernel), name == "ConvTranspose2d", shape[1]
        n_out = weights.shape[1 if is_transposed else 0]
        for chosen in [options[key]] if key in options else _options(kernel, is_transposed):
            self._count()
            stride, padding, added = chosen
            if is_transposed:
                after = (side - 1) * stride - 2 * padding + kernel + added
            else:
                after = (side + 2 * padding - kernel) // stride + 1
            if after >= 1:
                shown = {"stride": stride, "padding": padding} | ({"output_padding": added} if added else {})
                layer = {"layer": name, "weights": weights.name} | shown
                yield layer, (n_out, after, after), options | {key: chosen}
        if side == (1 if is_transposed else kernel) and options.get(key) != WHOLE:
            after = kernel if is_transposed else 1
            yield {"layer": name, "weights": weights.name}, (n_out, after, after), options


def _options(kernel: int, is_transposed: bool) -> Iterator[tuple[int, int, int]]:
    """Yield the possible stride, padding and output padding of a convolution."""
    for stride in range(1, MAX_STRIDE + 1):
        for padding in range((kernel - 1) // 2 + 1):
            for added in range(stride if is_transposed else 1):
                yield stride, padding, added
