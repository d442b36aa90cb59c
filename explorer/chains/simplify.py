"""Simplify a chain: fewer layers that compute the same, and layers that exist only until then."""

from dataclasses import dataclass, replace

import numpy as np

from explorer.chains.convolutions import Conv, ConvTranspose
from explorer.chains.layer import Layer, Shape, check
from explorer.chains.layers import Affine, Dense, Reshape


@dataclass(frozen=True, eq=False)
class Select(Layer):
    """The numbers from start to stop of a vector. It becomes a part of the dense layer before it."""

    kind = "select"
    start: int
    stop: int

    def output_shape(self, shape: Shape) -> Shape:
        check(
            len(shape) == 1 and 0 <= self.start < self.stop <= shape[0],
            "It selects numbers that do not exist.",
        )
        return (self.stop - self.start,)


def simplify(input_shape: Shape, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return the layers with additions, scales and batch normalisations as parts of the layers before them,
    and without those that change nothing.
    """
    simplified: list[Layer] = []
    shapes = [input_shape]  # of the input of each simplified layer, and of the next one
    for layer in layers:
        while simplified and (joined := _join(simplified[-1], layer, shapes[-1])):
            simplified.pop()
            shapes.pop()
            layer = joined
        if not _changes_nothing(layer, shapes[-1]):
            simplified.append(layer)
            shapes.append(layer.output_shape(shapes[-1]))
    return tuple(simplified)


def _changes_nothing(layer: Layer, shape: Shape) -> bool:
    if isinstance(layer, Affine):
        return bool((layer.factor == 1).all() and (layer.shift == 0).all())
    return isinstance(layer, Reshape) and layer.shape == shape


def _join(first: Layer, second: Layer, shape: Shape) -> Layer | None:
    """Return one layer in place of two, if there is one. shape: between them."""
    if isinstance(first, Reshape) and isinstance(second, Reshape):
        return second
    if isinstance(first, Dense) and isinstance(second, Select):
        rows = slice(second.start, second.stop)
        return Dense(first.weight[rows], first.bias[rows])
    if not isinstance(second, Affine):
        return None
    factor, shift = second.factor, second.shift
    if isinstance(first, Affine):
        sizes = {array.size for array in (first.factor, first.shift, factor, shift)}
        if len(sizes - {1}) > 1:
            return None
        return Affine(first.factor * factor, first.shift * factor + shift)
    if isinstance(first, Dense):
        return Dense(first.weight * factor[:, None], first.bias * factor + shift)
    n_out = shape[0]
    if isinstance(first, Conv | ConvTranspose) and {factor.size, shift.size} <= {1, n_out}:
        factor = np.broadcast_to(factor, n_out)
        if isinstance(first, Conv):
            weight = first.weight * factor[:, None, None, None]
        else:
            by_group = first.weight.reshape(first.groups, -1, *first.weight.shape[1:])
            by_output = factor.reshape(first.groups, 1, -1, 1, 1)
            weight = (by_group * by_output).reshape(first.weight.shape)
        return replace(first, weight=weight, bias=first.bias * factor + shift)
    return None
