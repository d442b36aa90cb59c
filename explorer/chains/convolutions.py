"""Convolutions and transposed convolutions."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.chains.layer import MAX_VALUES, Layer, Shape, check, describe

PAIRS = ("stride", "dilation", "output_padding")  # options of two numbers, for height and width
MAX_STEP = 64  # of a stride or dilation
TOO_LARGE = "It computes too many numbers."


@dataclass(frozen=True, eq=False)
class Conv(Layer):
    """A convolution. weight [out, in / groups, kernel height, kernel width], bias [out]; padding: with zeros,
    at the top, left, bottom and right.
    """

    kind = "conv"
    tensors = ("weight", "bias")
    weight: np.ndarray
    bias: np.ndarray
    stride: Shape = (1, 1)
    padding: Shape = (0, 0, 0, 0)
    dilation: Shape = (1, 1)
    groups: int = 1

    def output_shape(self, shape: Shape) -> Shape:
        height, width = _checked_size(self, shape, channels_axis=1)
        top, left, bottom, right = self.padding
        padded = (height + top + bottom, width + left + right)
        check(shape[0] * math.prod(padded) <= MAX_VALUES, TOO_LARGE)
        sizes = [
            (size - extent) // stride + 1 for size, extent, stride in zip(padded, _extents(self), self.stride)
        ]
        return self.weight.shape[0], *sizes

    def multiply_adds(self, shape: Shape) -> int:
        return self.weight.size * math.prod(self.output_shape(shape)[1:])


@dataclass(frozen=True, eq=False)
class ConvTranspose(Layer):
    """A transposed convolution. weight [in, out / groups, kernel height, kernel width], bias [out]; padding:
    rows and columns left out at the top, left, bottom and right; output_padding: those added at the bottom
    and right.
    """

    kind = "conv_transpose"
    tensors = ("weight", "bias")
    weight: np.ndarray
    bias: np.ndarray
    stride: Shape = (1, 1)
    padding: Shape = (0, 0, 0, 0)
    output_padding: Shape = (0, 0)
    dilation: Shape = (1, 1)
    groups: int = 1

    def output_shape(self, shape: Shape) -> Shape:
        size = _checked_size(self, shape, channels_axis=0)
        whole = [(n - 1) * stride + extent for n, extent, stride in zip(size, _extents(self), self.stride)]
        n_out = self.weight.shape[1] * self.groups
        check(n_out * math.prod(whole) <= MAX_VALUES, TOO_LARGE)
        top, left, bottom, right = self.padding
        extra_rows, extra_columns = self.output_padding
        return n_out, whole[0] - top - bottom + extra_rows, whole[1] - left - right + extra_columns

    def multiply_adds(self, shape: Shape) -> int:
        return self.weight.size * math.prod(shape[1:])


def _extents(layer: Conv | ConvTranspose) -> tuple[int, int]:
    """Return the height and width that a dilated kernel covers."""
    (height, width), (row_step, column_step) = layer.weight.shape[2:], layer.dilation
    return row_step * (height - 1) + 1, column_step * (width - 1) + 1


def _checked_size(layer: Conv | ConvTranspose, shape: Shape, channels_axis: int) -> tuple[int, int]:
    """Return height and width. Raises UserError unless the weights and options fit each other and an input of
    this shape. channels_axis: that of the weight for the channels of the input.
    """
    check(layer.weight.ndim == 4, f"Its weight has {layer.weight.ndim} axes instead of 4.")
    check(len(shape) == 3, f"It takes an image, not {describe(shape)} numbers.")
    check(
        len(layer.padding) == 4
        and all(len(option) == 2 for name, option in layer.options.items() if name in PAIRS)
        and min(*layer.stride, *layer.dilation, layer.groups) >= 1
        and max(*layer.stride, *layer.dilation) <= MAX_STEP,
        "Its stride, padding, dilation or groups are not those of a convolution.",
    )
    first, second = layer.weight.shape[0], layer.weight.shape[1] * layer.groups
    n_in, n_out = (first, second) if channels_axis == 0 else (second, first)
    fits = first % layer.groups == 0 and layer.bias.shape == (n_out,)
    check(fits, "Its weights do not fit its groups or each other.")
    check(shape[0] == n_in, f"It takes {n_in} channels, not {shape[0]}.")
    return shape[1], shape[2]
