"""Operators of ONNX that change numbers: the layers that each adds to a value. The definitions are those of
https://onnx.ai/onnx/operators.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.chains import layers as kinds
from explorer.chains.layer import Layer, Shape
from explorer.chains.onnx.value import Unsupported, Value
from explorer.untrusted.onnx_file import Node

FLOATS = (1, 10, 11)  # types of tensors
IN_TRAINING = "is still in training: call model.eval() before the export"
LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class Erf(Layer):
    """The error function. It becomes a part of a Gelu."""

    kind = "erf"


def affine(x: Value, factor: np.ndarray | float = 1.0, shift: np.ndarray | float = 0.0) -> Value:
    """Return factor x + shift, constants whose axes are aligned with the last ones of the batch."""
    return x.then(kinds.Affine(_aligned(x.shape, factor), _aligned(x.shape, shift)))


def _aligned(shape: Shape, number_or_array: np.ndarray | float) -> np.ndarray:
    """Return a constant as an affine layer has it: one number, one for each channel, or one for each
    number.
    """
    constant = np.asarray(number_or_array, np.float32)
    if constant.size == 1:
        return constant.reshape(1)
    if constant.ndim == len(shape) + 1 and constant.shape[0] == 1:
        constant = constant[0]
    if constant.ndim > len(shape):
        raise Unsupported("combines numbers of another shape")
    if len(shape) in (1, 3) and constant.shape == (shape[0], *(1 for _ in shape[1:])):
        return constant.reshape(-1)
    if np.broadcast_shapes(constant.shape, shape) != shape:
        raise Unsupported("combines numbers of another shape")
    return np.broadcast_to(constant, shape).reshape(-1)


def _gemm(node: Node, x: Any, b: Any, c: Any = 0.0) -> Value:
    options = node.attributes
    if not isinstance(x, Value) or options.get("transA", 0) or len(x.shape) != 1:
        raise Unsupported("multiplies something other than vectors by a constant matrix")
    weight = options.get("alpha", 1.0) * (b if options.get("transB", 0) else b.T)
    bias = options.get("beta", 1.0) * _aligned((len(weight),), c)
    return x.then(kinds.Dense(weight, np.broadcast_to(bias, len(weight))), shape=(len(weight),))


def _mat_mul(node: Node, x: Any, b: Any) -> Value:
    if not isinstance(x, Value) or b.ndim != 2 or len(x.shape) != 1:
        raise Unsupported("multiplies something other than vectors by a constant matrix")
    return x.then(kinds.Dense(b.T, np.zeros(b.shape[1])), shape=(b.shape[1],))


def _add(node: Node, a: Any, b: Any) -> Value:
    if isinstance(a, Value) and isinstance(b, Value):
        raise Unsupported("joins two paths, where the layers must follow one another")
    return affine(a, shift=b) if isinstance(a, Value) else affine(b, shift=a)


def _sub(node: Node, a: Any, b: Any) -> Value:
    if isinstance(a, Value) and isinstance(b, Value):
        raise Unsupported("joins two paths, where the layers must follow one another")
    return affine(a, shift=-b) if isinstance(a, Value) else affine(b, factor=-1.0, shift=a)


def _div(node: Node, a: Any, b: Any) -> Value:
    if not isinstance(a, Value) or isinstance(b, Value):
        raise Unsupported("divides by something that is not constant")
    return affine(a, factor=1 / b)


def _mul(node: Node, a: Any, b: Any) -> Value:
    if isinstance(a, Value) and isinstance(b, Value):
        short, long = sorted((a, b), key=lambda value: len(value.layers))
        return _silu(short, long) or _gelu(short, long) or _refuse_product()
    return affine(a, factor=b) if isinstance(a, Value) else affine(b, factor=a)


def _refuse_product() -> Value:
    raise Unsupported("multiplies two paths, where the layers must follow one another")


def _silu(x: Value, gate: Value) -> Value | None:
    """Return x · sigmoid(x)."""
    n = len(x.layers)
    is_gate = gate.layers[:n] == x.layers and [layer.kind for layer in gate.layers[n:]] == ["sigmoid"]
    return x.then(kinds.Silu()) if is_gate else None


def _gelu(scaled: Value, gate: Value) -> Value | None:
    """Return s x · t (1 + erf(x / √2)), as exporters write a Gelu, for numbers s and t that may be 1."""
    n = next((i for i, pair in enumerate(zip(scaled.layers, gate.layers)) if pair[0] is not pair[1]), None)
    n = len(scaled.layers) if n is None else n
    scales, inner, t = scaled.layers[n:], gate.layers[n : n + 3], gate.layers[n + 3 :]
    if [layer.kind for layer in inner] != ["affine", "erf", "affine"]:
        return None
    factors = [_as_factor(layer) for layer in (*scales, *t)]
    divided, added = inner[0], inner[2]
    fits = (
        np.isclose(_as_factor(divided) or 0.0, math.sqrt(0.5), rtol=1e-5)
        and added.weights["factor"].tolist() == added.weights["shift"].tolist() == [1.0]
        and None not in factors
    )
    if not fits:
        return None
    x = Value(scaled.layers[:n], scaled.shape)
    return affine(x.then(kinds.Gelu()), factor=2.0 * math.prod(factor or 0.0 for factor in factors))


def _as_factor(layer: Layer) -> float | None:
    """Return the number that a layer multiplies by; None for another layer."""
    if layer.kind != "affine" or layer.weights["factor"].size != 1 or layer.weights["shift"].any():
        return None
    return float(layer.weights["factor"][0])


def _batch_norm(node: Node, x: Value, scale: Any, bias: Any, mean: Any, variance: Any) -> Value:
    if node.attributes.get("training_mode", 0):
        raise Unsupported(IN_TRAINING)
    factor = scale.astype(np.float64) / np.sqrt(
        variance.astype(np.float64) + node.attributes.get("epsilon", 1e-5)
    )
    return x.then(kinds.Affine(factor, bias - mean * factor))


def _clip(node: Node, x: Value, low: Any = None, high: Any = None) -> Value:
    ends = node.attributes.get("min", low), node.attributes.get("max", high)
    low, high = (
        limit if end is None else float(np.asarray(end).reshape(()))
        for end, limit in zip(ends, (-LARGEST, LARGEST))
    )
    return x.then(kinds.Clip(max(low, -LARGEST), min(high, LARGEST)))


def _prelu(node: Node, x: Value, slope: Any) -> Value:
    if slope.size != 1:
        raise Unsupported("has a slope for each channel, but only one slope is supported")
    return x.then(kinds.LeakyRelu(float(slope.reshape(()))))


def _gelu_operator(node: Node, x: Value) -> Value:
    return x.then(kinds.Gelu(node.attributes.get("approximate", "none") == "tanh"))


def _cast(node: Node, x: Value) -> Value:
    if node.attributes.get("to") not in FLOATS:
        raise Unsupported("rounds numbers")
    return x


def _dropout(node: Node, x: Value, ratio: Any = None, is_training: Any = False) -> Value:
    if np.any(is_training):
        raise Unsupported(IN_TRAINING)
    return x


def _activation(make: Callable[[dict], Layer]) -> Callable[..., Value]:
    return lambda node, x: x.then(make(node.attributes))


ARITHMETIC: dict[str, Callable[..., Any]] = {
    "Identity": lambda node, x: x,
    "Cast": _cast,
    "Dropout": _dropout,
    "Gemm": _gemm,
    "MatMul": _mat_mul,
    "Add": _add,
    "Sub": _sub,
    "Mul": _mul,
    "Div": _div,
    "Neg": lambda node, x: affine(x, factor=-1.0),
    "BatchNormalization": _batch_norm,
    "Relu": _activation(lambda options: kinds.Relu()),
    "LeakyRelu": _activation(lambda options: kinds.LeakyRelu(options.get("alpha", 0.01))),
    "PRelu": _prelu,
    "Elu": _activation(lambda options: kinds.Elu(options.get("alpha", 1.0))),
    "Gelu": _gelu_operator,
    "Erf": _activation(lambda options: Erf()),
    "Tanh": _activation(lambda options: kinds.Tanh()),
    "Sigmoid": _activation(lambda options: kinds.Sigmoid()),
    "Clip": _clip,
}
