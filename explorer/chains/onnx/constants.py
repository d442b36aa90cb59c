"""Operators of ONNX on constants, which are computed when a file is read: shapes, and weights that are scaled
or transposed.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from explorer.untrusted.onnx_file import Node
from explorer.untrusted.protobuf import Budget

BATCH = -1  # the number of inputs in a shape; every other number in it is known
TYPES = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16, 11: np.float64}


def fold_constants(node: Node, inputs: list[np.ndarray], budget: Budget) -> np.ndarray | None:
    """Return what an operator makes of constants; None if it is not known here. Raises CorruptFile if its
    result has more numbers than the budget allows.
    """
    if node.operator not in FUNCTIONS:
        return None
    budget.spend(_result_size(node, inputs))
    with np.errstate(all="ignore"):
        return np.asarray(FUNCTIONS[node.operator](node, *inputs))


def _result_size(node: Node, inputs: list[np.ndarray]) -> int:
    """Return how many numbers the result has at most."""
    if node.operator in ARITHMETIC:
        return math.prod(np.broadcast_shapes(*(array.shape for array in inputs)))
    if node.operator == "ConstantOfShape":
        return math.prod(inputs[0].tolist())
    if node.operator == "Gather":
        return math.prod(array.size for array in inputs)
    return sum(array.size for array in inputs)


def axes_of(node: Node, inputs: list[np.ndarray], rank: int) -> list[int]:
    """Return the axes of Squeeze or Unsqueeze, an attribute in old versions and an input in new ones, counted
    from the first.
    """
    axes = inputs[1].tolist() if len(inputs) > 1 else node.attributes.get("axes", ())
    return [int(axis) % rank for axis in axes]


def _unsqueeze(node: Node, x: np.ndarray, *axes: np.ndarray) -> np.ndarray:
    n_axes = len(axes[0]) if axes else len(node.attributes["axes"])
    return np.expand_dims(x, tuple(axes_of(node, [x, *axes], x.ndim + n_axes)))


def _squeeze(node: Node, x: np.ndarray, *axes: np.ndarray) -> np.ndarray:
    return np.squeeze(x, tuple(axes_of(node, [x, *axes], x.ndim)) or None)


def _slice(node: Node, x: np.ndarray, *parts: np.ndarray) -> np.ndarray:
    return x[slices_of(node, parts, x.ndim)]


def slices_of(node: Node, parts: Sequence[np.ndarray], rank: int) -> tuple[slice, ...]:
    """Return what Slice takes of each axis. parts: starts, ends, axes and steps; old versions have attributes
    of these names.
    """
    names = ("starts", "ends", "axes", "steps")
    given = [part.tolist() for part in parts] or [
        list(node.attributes[name]) for name in names if name in node.attributes
    ]
    starts, ends, *others = given
    axes = others[0] if others else range(len(starts))
    steps = others[1] if len(others) > 1 else [1] * len(starts)
    slices = [slice(None)] * rank
    for axis, start, end, step in zip(axes, starts, ends, steps):
        slices[int(axis)] = slice(start, end, step)
    return tuple(slices)


def _reshape(node: Node, x: np.ndarray, shape: np.ndarray) -> np.ndarray:
    return x.reshape([x.shape[i] if size == 0 else size for i, size in enumerate(shape.tolist())])


def _constant(node: Node) -> np.ndarray:
    kinds = {
        "value_float": np.float32,
        "value_int": np.int64,
        "value_floats": np.float32,
        "value_ints": np.int64,
    }
    [(name, value)] = node.attributes.items()
    return np.asarray(value, kinds.get(name))


def _constant_of_shape(node: Node, shape: np.ndarray) -> np.ndarray:
    return np.full(shape, np.asarray(node.attributes.get("value", 0.0)).ravel()[0])


FUNCTIONS: dict[str, Callable[..., np.ndarray]] = {
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "Identity": lambda node, x: x,
    "Cast": lambda node, x: x.astype(TYPES[node.attributes["to"]]),
    "Gather": lambda node, x, i: np.take(x, i, node.attributes.get("axis", 0)),
    "Concat": lambda node, *parts: np.concatenate(parts, node.attributes["axis"]),
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Slice": _slice,
    "Reshape": _reshape,
    "Transpose": lambda node, x: x.transpose(node.attributes.get("perm") or None),
    "Add": lambda node, a, b: a + b,
    "Sub": lambda node, a, b: a - b,
    "Mul": lambda node, a, b: a * b,
    "Div": lambda node, a, b: a // b if a.dtype.kind == "i" else a / b,
    "Mod": lambda node, a, b: np.mod(a, b),
    "Sqrt": lambda node, x: np.sqrt(x),
}
ARITHMETIC = ("Add", "Sub", "Mul", "Div", "Mod")
