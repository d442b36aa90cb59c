"""The two outputs of an encoder, mu and log sigma², as one: a vector with mu in its first half."""

from dataclasses import replace
from typing import Any

import numpy as np

from explorer.chains.chain import Chain
from explorer.chains.convolutions import Conv
from explorer.chains.layer import Layer, Shape
from explorer.chains.layers import Dense, Reshape
from explorer.chains.simplify import simplify
from explorer.errors import UserError


def join_heads(input_shape: Shape, mu: tuple[Layer, ...], logvar: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return layers that make both of what each of the two makes, which begin with the same layers. Raises
    UserError unless each then has one layer of weights of the same kind and size.
    """
    n = next(
        (i for i, pair in enumerate(zip(mu, logvar)) if pair[0] is not pair[1]), min(len(mu), len(logvar))
    )
    trunk, heads = simplify(input_shape, mu[:n]), [mu[n:], logvar[n:]]
    # The last layer may be a common one that is then divided.
    while trunk and not all(any(layer.weights for layer in head) for head in heads):
        trunk, heads = trunk[:-1], [(trunk[-1], *head) for head in heads]
    shape = Chain(input_shape, trunk).output_shape
    parts = [simplify(shape, head) for head in heads]
    if len(parts[0]) != len(parts[1]) or sum(bool(layer.weights) for layer in parts[0]) != 1:
        raise _heads_error()
    return trunk + tuple(_stack(a, b) for a, b in zip(*parts))


def _stack(a: Layer, b: Layer) -> Layer:
    """Return one layer whose output is that of both, in one vector or as channels."""
    if type(a) is not type(b) or {name: x.shape for name, x in a.weights.items()} != {
        name: x.shape for name, x in b.weights.items()
    }:
        raise _heads_error()
    if isinstance(a, Reshape) and isinstance(b, Reshape) and a.shape == b.shape:
        return Reshape((2 * a.shape[0], *a.shape[1:]))
    if a.options != b.options or a.options.get("groups", 1) != 1:
        raise _heads_error()
    stacked: dict[str, Any] = {name: np.concatenate([x, b.weights[name]]) for name, x in a.weights.items()}
    if isinstance(a, Dense | Conv):
        return replace(a, **stacked)
    if a.weights:
        raise _heads_error()
    return a


def _heads_error() -> UserError:
    return UserError(
        "computes its two outputs by different layers, but only one linear layer or convolution for each is"
        " supported. Export an encoder whose mu and log sigma² are the outputs of one layer each, or one"
        " output that contains both."
    )
