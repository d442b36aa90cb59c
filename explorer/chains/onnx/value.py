"""A value in a graph of ONNX: what layers make of the input."""

import math
from dataclasses import dataclass

from explorer.chains.layer import Layer, Shape
from explorer.chains.layers import Reshape
from explorer.errors import UserError


@dataclass(frozen=True, eq=False)
class Value:
    """What layers make of the input of a graph. shape: that of the graph, without the batch; layers know one
    axis or three, and take any other number of axes for one.
    """

    layers: tuple[Layer, ...]
    shape: Shape

    def then(self, *layers: Layer, shape: Shape | None = None) -> "Value":
        return Value((*self.layers, *layers), self.shape if shape is None else shape)

    def reshaped(self, shape: Shape) -> "Value":
        """Raises UserError if the numbers do not fit."""
        if math.prod(shape) != math.prod(self.shape):
            raise Unsupported("takes another shape")
        if layer_shape(shape) == layer_shape(self.shape):
            return self.then(shape=shape)
        return self.then(Reshape(layer_shape(shape)), shape=shape)


class Unsupported(UserError):
    """An operator that no layer corresponds to. Its message is the rest of a sentence about the operator."""


def layer_shape(shape: Shape) -> Shape:
    return shape if len(shape) in (1, 3) else (math.prod(shape),)
