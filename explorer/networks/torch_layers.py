"""What modules and functions of torch are as layers of a chain."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.chains.convolutions import Conv, ConvTranspose
from explorer.chains.layer import Layer, Shape
from explorer.chains.layers import (
    Affine,
    Clip,
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


class NotALayer(ValueError):
    """A module or function that no chain has. Its message is the reason, as the end of a sentence."""


def layers_of_module(module: nn.Module, source: Shape, shape: Shape) -> list[Layer]:
    """Return the layers that a module is in evaluation, from an input of the shape `source` to `shape`, both
    without the batch. Raises NotALayer.
    """
    if isinstance(module, WITHOUT_EFFECT):
        return []
    for kind, layers_of in MODULES.items():
        if isinstance(module, kind):
            return layers_of(module)
    if isinstance(module, nn.Flatten | nn.Unflatten):
        return _reshaped(source, shape)
    if isinstance(module, nn.Upsample) and module.mode == "nearest":
        return _upsampled(source, shape)
    raise NotALayer(f"it uses {type(module).__name__}")


def layers_of_call(
    target: Any, constants: Sequence[Any], options: dict[str, Any], source: Shape, shape: Shape
) -> list[Layer]:
    """Return the layers that a call of a function, or of the method of that name, is. constants, options:
    its arguments besides the tensor. Raises NotALayer.
    """
    options = {name: value for name, value in options.items() if name not in ("inplace", "input")}
    is_dropout = target is F.dropout and not options.get("training", True)
    if target in METHODS_WITHOUT_EFFECT or is_dropout:
        return []
    if target in RESHAPES:
        return _reshaped(source, shape)
    if target is F.interpolate and options.get("mode", "nearest") == "nearest":
        return _upsampled(source, shape)
    try:
        return [CALLS[target](*constants, **options)]
    except (KeyError, TypeError, ValueError):
        raise NotALayer(f"it uses {getattr(target, '__name__', target)}") from None


def _dense(module: nn.Linear) -> list[Layer]:
    return [Dense(*_arrays(module.weight, module.bias, module.out_features))]


def _conv(module: nn.Conv2d) -> list[Layer]:
    _check_padding(module)
    weights, bias = _arrays(module.weight, module.bias, module.out_channels)
    dilation = _pair(module.dilation)
    if module.padding == "same":  # torch adds the odd row at the bottom
        total = [d * (size - 1) for d, size in zip(dilation, module.kernel_size)]
        before, after = [n // 2 for n in total], [n - n // 2 for n in total]
    else:
        before = after = [0, 0] if module.padding == "valid" else list(_pair(module.padding))
    padding = (*before, *after)
    return [Conv(weights, bias, _pair(module.stride), padding, dilation, module.groups)]


def _conv_transpose(module: nn.ConvTranspose2d) -> list[Layer]:
    _check_padding(module)
    options = [_pair(option) for option in (module.stride, module.padding)]
    stride, padding = options[0], (*options[1], *options[1])
    added, dilation = _pair(module.output_padding), _pair(module.dilation)
    weights = _arrays(module.weight, module.bias, module.out_channels)
    return [ConvTranspose(*weights, stride, padding, added, dilation, module.groups)]


def _check_padding(module: nn.Conv2d | nn.ConvTranspose2d) -> None:
    if module.padding_mode != "zeros":
        raise NotALayer(f"it pads with {module.padding_mode}")


def _batch_norm(module: nn.BatchNorm1d | nn.BatchNorm2d) -> list[Layer]:
    if module.running_mean is None or module.running_var is None:
        raise NotALayer("its batch normalisation keeps no statistics")
    mean, variance = _array(module.running_mean), _array(module.running_var)
    scale = 1 / np.sqrt(variance + module.eps)
    scale = scale if module.weight is None else scale * _array(module.weight)
    shift = -mean * scale + (0 if module.bias is None else _array(module.bias))
    return [Affine(scale, shift)]


def _arrays(weight: Tensor, bias: Tensor | None, n_out: int) -> tuple[np.ndarray, np.ndarray]:
    return _array(weight), np.zeros(n_out, np.float32) if bias is None else _array(bias)


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()


def _pair(value: Any) -> Shape:
    return tuple(int(n) for n in value) if isinstance(value, tuple | list) else (int(value), int(value))


def _reshaped(source: Shape, shape: Shape) -> list[Layer]:
    return [] if source == shape else [Reshape(shape)]


def _upsampled(source: Shape, shape: Shape) -> list[Layer]:
    if len(shape) != 3 or any(after % before for before, after in zip(source[1:], shape[1:])):
        raise NotALayer("it resizes images by a factor that is not a whole number")
    return [Upsample(tuple(after // before for before, after in zip(source[1:], shape[1:])))]


def _affine(scale: float, shift: float) -> Layer:
    return Affine(np.array([scale], np.float32), np.array([shift], np.float32))


def _leaky_relu(negative_slope: float = 0.01) -> Layer:
    return LeakyRelu(float(negative_slope))


def _elu(alpha: float = 1.0) -> Layer:
    return Elu(float(alpha))


def _gelu(approximate: str = "none") -> Layer:
    return Gelu(approximate == "tanh")


def _clip(min: float | None = None, max: float | None = None) -> Layer:
    low, high = (-MAX_FLOAT if min is None else min), (MAX_FLOAT if max is None else max)
    return Clip(float(low), float(high))


MAX_FLOAT = float(np.finfo(np.float32).max)
WITHOUT_EFFECT = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d)  # in evaluation
METHODS_WITHOUT_EFFECT = {"contiguous", "float", "clone", "detach"}
RESHAPES: set[Any] = {torch.flatten, torch.reshape, torch.squeeze, torch.unsqueeze}
RESHAPES |= {"flatten", "reshape", "view", "squeeze", "unsqueeze", "unflatten"}
MODULES: dict[type[nn.Module], Callable[[Any], list[Layer]]] = {
    nn.Linear: _dense,
    nn.Conv2d: _conv,
    nn.ConvTranspose2d: _conv_transpose,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.ReLU: lambda module: [Relu()],
    nn.LeakyReLU: lambda module: [_leaky_relu(module.negative_slope)],
    nn.ELU: lambda module: [_elu(module.alpha)],
    nn.GELU: lambda module: [_gelu(module.approximate)],
    nn.SiLU: lambda module: [Silu()],
    nn.Tanh: lambda module: [Tanh()],
    nn.Sigmoid: lambda module: [Sigmoid()],
    nn.Hardtanh: lambda module: [_clip(module.min_val, module.max_val)],
}
KNOWN_MODULES = (*MODULES, nn.Flatten, nn.Unflatten, nn.Upsample)
CALLS: dict[Any, Callable[..., Layer]] = {
    **dict.fromkeys((F.relu, torch.relu, "relu"), Relu),
    **dict.fromkeys((F.tanh, torch.tanh, "tanh"), Tanh),
    **dict.fromkeys((F.sigmoid, torch.sigmoid, "sigmoid"), Sigmoid),
    **dict.fromkeys((torch.clamp, torch.clip, "clamp", "clip"), _clip),
    F.leaky_relu: _leaky_relu,
    F.elu: _elu,
    F.gelu: _gelu,
    F.silu: Silu,
    operator.mul: lambda factor: _affine(factor, 0),
    operator.truediv: lambda divisor: _affine(1 / divisor, 0),
    operator.add: lambda term: _affine(1, term),
    operator.sub: lambda term: _affine(1, -term),
}
