"""A chain of layers as a module of torch."""

import math
from collections.abc import Callable
from typing import Any, NoReturn

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.chains.chain import Chain
from explorer.chains.layer import Layer
from explorer.errors import UserError
from explorer.networks.pair import ImageShape

MAX_NUMBERS = 2**24  # that a layer computes at a time


def build_network(chain: Chain) -> nn.Module:
    """Return the network, inputs [B, ...] to outputs [B, ...], with the weights of the chain."""
    return ChainNetwork(chain)


class ChainNetwork(nn.Sequential):
    """The layers of a chain, for a few inputs at a time, so that its memory is limited."""

    def __init__(self, chain: Chain):
        super().__init__(*map(ChainLayer, chain.layers))
        self.n_at_once = max(1, MAX_NUMBERS // max(map(math.prod, chain.shapes)))

    def forward(self, input: Tensor) -> Tensor:
        if torch.compiler.is_exporting() or len(input) <= self.n_at_once:
            return super().forward(input)
        return torch.cat([super(ChainNetwork, self).forward(part) for part in input.split(self.n_at_once)])


def refuse(shape: ImageShape, n_out: int, latent_dim: int, width: int, depth: int) -> NoReturn:
    """Raise UserError: an imported network has the layers that it came with, and no others can be made."""
    raise UserError(
        "A network that was imported can't be trained here, because only its layers and weights are known."
        " Choose another network, such as mlp or conv."
    )


class ChainLayer(nn.Module):
    """A layer, with its weights as parameters of their names."""

    def __init__(self, layer: Layer):
        super().__init__()
        self.layer = layer
        for name, weight in layer.weights.items():
            self.register_parameter(name, nn.Parameter(torch.tensor(weight), requires_grad=False))

    def forward(self, x: Tensor) -> Tensor:
        return FUNCTIONS[self.layer.kind](x, **self.layer.options, **dict(self.named_parameters()))


def _conv(x: Tensor, weight: Tensor, bias: Tensor, padding: tuple[int, ...], **options: Any) -> Tensor:
    top, left, bottom, right = padding
    if (top, left) == (bottom, right):
        return F.conv2d(x, weight, bias, padding=(top, left), **options)
    return F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, **options)


def _conv_transpose(
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    padding: tuple[int, ...],
    output_padding: tuple[int, ...],
    **options: Any,
) -> Tensor:
    """Compute as torch does, or, with options that it does not have, cut the padding off what all kernels
    make, and add the output padding, which is 0 beyond them.
    """
    (top, left, bottom, right), (below, beside) = padding, output_padding
    if (top, left) == (bottom, right) and max(below, beside) < min(options["stride"]):
        return F.conv_transpose2d(
            x, weight, bias, padding=(top, left), output_padding=output_padding, **options
        )
    whole = F.conv_transpose2d(x, weight, **options)
    return F.pad(whole, (-left, beside - right, -top, below - bottom)) + bias[:, None, None]


def _affine(x: Tensor, factor: Tensor, shift: Tensor) -> Tensor:
    return x * _beside(x, factor) + _beside(x, shift)


def _beside(x: Tensor, weights: Tensor) -> Tensor:
    """Return weights [1], [C] or of every number in a shape that fits x [B, C, ...]."""
    if len(weights) == x[0].numel() > 1:
        return weights.view(x.shape[1:])
    return weights.view(-1, *(1 for _ in x.shape[2:]))


FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    "dense": F.linear,
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "affine": _affine,
    "reshape": lambda x, shape: x.flatten(1).unflatten(1, shape),
    "upsample": lambda x, factors: F.interpolate(x, scale_factor=tuple(map(float, factors))),
    "relu": F.relu,
    "leaky_relu": lambda x, slope: F.leaky_relu(x, slope),
    "elu": lambda x, alpha: F.elu(x, alpha),
    "gelu": lambda x, is_tanh: F.gelu(x, approximate="tanh" if is_tanh else "none"),
    "silu": F.silu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "clip": lambda x, low, high: x.clamp(low, high),
}
