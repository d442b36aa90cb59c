"""Operators of ONNX that change the shape of a value, or take a part of it."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.chains.onnx.constants import axes_of, slices_of
from explorer.chains.onnx.value import Unsupported, Value
from explorer.chains.simplify import Select
from explorer.untrusted.onnx_file import Node


def _reshape(node: Node, x: Value, target: Any) -> Value:
    """Reshape all but the batch, which is the first axis of both shapes: -1, 0, or 1 where it is known."""
    batch, *sizes = target.tolist()
    keeps_zero = not node.attributes.get("allowzero", 0)
    if batch < -1 or batch > 1 or not sizes:
        raise Unsupported("changes the number of images")
    sizes = [x.shape[i] if size == 0 and keeps_zero else size for i, size in enumerate(sizes)]
    if sizes.count(-1) == 1:
        known = -math.prod(sizes)
        sizes[sizes.index(-1)] = math.prod(x.shape) // known if known else 0
    if min(sizes) < 1:
        raise Unsupported("takes another shape")
    return x.reshaped(tuple(sizes))


def _flatten(node: Node, x: Value) -> Value:
    if node.attributes.get("axis", 1) not in (1, -len(x.shape)):
        raise Unsupported("changes the number of images")
    return x.reshaped((math.prod(x.shape),))


def _squeeze(node: Node, x: Value, *axes: Any) -> Value:
    gone = axes_of(node, [np.empty(0), *axes], len(x.shape) + 1)
    sizes = [size for i, size in enumerate(x.shape) if i + 1 not in gone]
    if 0 in gone or not gone:
        raise Unsupported("changes the number of images")
    return x.reshaped(tuple(sizes))


def _unsqueeze(node: Node, x: Value, *axes: Any) -> Value:
    n_new = axes[0].size if axes else len(node.attributes["axes"])
    new, old = axes_of(node, [np.empty(0), *axes], len(x.shape) + 1 + n_new), iter(x.shape)
    if 0 in new:
        raise Unsupported("changes the number of images")
    return x.reshaped(tuple(1 if i in new else next(old) for i in range(1, len(x.shape) + 1 + n_new)))


def _transpose(node: Node, x: Value) -> Value:
    order = node.attributes.get("perm", ())
    others = [axis for axis in order if axis == 0 or x.shape[axis - 1] > 1]
    if order[:1] != (0,) or others != sorted(others):
        raise Unsupported("changes the order of the numbers")
    return x.reshaped(tuple(x.shape[axis - 1] for axis in order[1:]))


def _rows(x: Value, start: int, stop: int) -> Value:
    """Return the numbers from start to stop of a vector."""
    if len(x.shape) != 1:
        raise Unsupported("divides something other than vectors")
    return x.then(Select(start, stop), shape=(stop - start,))


def _slice(node: Node, x: Value, *parts: Any) -> Value:
    batch, *others = slices_of(node, parts, len(x.shape) + 1)
    if batch.indices(1) != (0, 1, 1) or len(others) != 1 or others[0].step not in (None, 1):
        raise Unsupported("takes parts of something other than vectors")
    start, stop, _ = others[0].indices(x.shape[0])
    return _rows(x, start, stop)


def _split(node: Node, x: Value, sizes: Any = None) -> tuple[Value, ...]:
    if node.attributes.get("axis", 0) not in (1, -1):
        raise Unsupported("changes the number of images")
    widths = node.attributes.get("split") or (sizes.tolist() if sizes is not None else None)
    if widths is None:
        n = len(node.outputs)
        widths = [-(-x.shape[0] // n)] * (n - 1)
        widths = [*widths, x.shape[0] - sum(widths)]
    ends = np.cumsum(widths).tolist()
    return tuple(_rows(x, end - width, end) for width, end in zip(widths, ends))


SHAPES: dict[str, Callable[..., Any]] = {
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
    "Slice": _slice,
    "Split": _split,
}
