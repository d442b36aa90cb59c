"""Convolutions and enlargements of ONNX as layers."""

from typing import Any

import numpy as np

from explorer.chains import layers as kinds
from explorer.chains.layer import Shape
from explorer.chains.onnx.value import Unsupported, Value
from explorer.untrusted.onnx_file import Node


def conv(node: Node, x: Value, weight: Any, bias: Any = None) -> Value:
    stride, dilation = _pair(node, "strides", (1, 1)), _pair(node, "dilations", (1, 1))
    extents = _checked_extents(node, x, weight, dilation)
    same = [max((-(-n // s) - 1) * s + extent - n, 0) for n, s, extent in zip(x.shape[1:], stride, extents)]
    layer = kinds.Conv(
        weight,
        np.zeros(len(weight)) if bias is None else bias,
        stride,
        _padding(node, same, at_end=node.attributes.get("auto_pad") == "SAME_UPPER"),
        dilation,
        node.attributes.get("group", 1),
    )
    return x.then(layer, shape=layer.output_shape(x.shape))


def conv_transpose(node: Node, x: Value, weight: Any, bias: Any = None) -> Value:
    if "output_shape" in node.attributes:
        raise Unsupported("has an output_shape, but only pads are supported")
    stride, dilation = _pair(node, "strides", (1, 1)), _pair(node, "dilations", (1, 1))
    added, groups = _pair(node, "output_padding", (0, 0)), node.attributes.get("group", 1)
    extents = _checked_extents(node, x, weight, dilation)
    same = [extent + more - s for extent, more, s in zip(extents, added, stride)]
    layer = kinds.ConvTranspose(
        weight,
        np.zeros(weight.shape[1] * groups) if bias is None else bias,
        stride,
        _padding(node, same, at_end=node.attributes.get("auto_pad") == "SAME_UPPER"),
        added,
        dilation,
        groups,
    )
    return x.then(layer, shape=layer.output_shape(x.shape))


def _pair(node: Node, name: str, default: Shape) -> Shape:
    return tuple(map(int, node.attributes.get(name, default)))


def _checked_extents(node: Node, x: Value, weight: Any, dilation: Shape) -> list[int]:
    """Return the height and width that the kernel covers."""
    if len(x.shape) != 3 or weight.ndim != 4:
        raise Unsupported("is not over height and width")
    return [spread * (size - 1) + 1 for size, spread in zip(weight.shape[2:], dilation)]


def _padding(node: Node, same: list[int], at_end: bool) -> Shape:
    """Return the padding at the top, left, bottom and right. same: that of height and width with which
    strides alone change the size; the larger half is at the end or at the beginning.
    """
    if node.attributes.get("auto_pad", "NOTSET") in ("NOTSET", ""):
        return tuple(map(int, node.attributes.get("pads", (0, 0, 0, 0))))
    if node.attributes["auto_pad"] == "VALID":
        return (0, 0, 0, 0)
    if min(same) < 0:
        raise Unsupported("has a stride that is larger than its kernel")
    small, large = [n // 2 for n in same], [n - n // 2 for n in same]
    return (*small, *large) if at_end else (*large, *small)


def resize(node: Node, x: Value, *inputs: Any) -> Value:
    """Repeat pixels a whole number of times. inputs: roi, scales, sizes of Resize; scales of Upsample."""
    options = node.attributes
    coordinates = options.get("coordinate_transformation_mode", "half_pixel")
    rounding = options.get("nearest_mode", "round_prefer_floor")
    if node.operator == "Upsample":
        coordinates, rounding = "asymmetric", "floor"
    repeats = (
        coordinates == "asymmetric"
        and rounding == "floor"
        or (
            coordinates in ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric")
            and rounding.startswith("round")
        )
    )
    has_own_axes = [axis % 4 for axis in options.get("axes", ())] not in ([], [2, 3], [0, 1, 2, 3])
    if options.get("mode", "nearest") != "nearest" or not repeats or len(x.shape) != 3 or has_own_axes:
        raise Unsupported("interpolates, but only the repetition of pixels is supported")
    if len(inputs) > 2 and inputs[2] is not None:
        sizes = inputs[2].tolist()
        others = [size / n for size, n in zip(sizes[-3:-2], x.shape)]
        factors = [size / n for size, n in zip(sizes[-2:], x.shape[1:])]
    else:
        scales = options.get("scales") if "scales" in options else inputs[-1 if len(inputs) < 2 else 1]
        others, factors = np.asarray(scales).tolist()[:-2], np.asarray(scales).tolist()[-2:]
    if set(others) - {1.0}:
        raise Unsupported("enlarges something other than height and width")
    if any(factor < 1 or factor != int(factor) for factor in factors):
        raise Unsupported("enlarges by a factor that is not a whole number")
    layer = kinds.Upsample(tuple(map(int, factors)))
    return x.then(layer, shape=layer.output_shape(x.shape))


CONVOLUTIONS = {"Conv": conv, "ConvTranspose": conv_transpose, "Resize": resize, "Upsample": resize}
