"""The networks of an own model: chains, where what was given is one, and otherwise functions."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from explorer.chains.chain import Chain
from explorer.chains.layer import Shape
from explorer.chains.layers import Reshape
from explorer.errors import UserError
from explorer.networks.chain import build_network
from explorer.networks.function import Function, missing_encoder
from explorer.networks.sequence import NotAChain, Root, chain_of
from explorer.own_models.inputs import to_layout
from explorer.own_models.model_inputs import ModelInputs

N_CHECKED = 3  # codes or images on which a chain is checked


@dataclass(frozen=True)
class Network:
    """chain: its layers, or None and the reason, as the end of a sentence. function: what computes it without
    them; None if it is not known.
    """

    function: Callable[[np.ndarray], np.ndarray] | None
    chain: Chain | None = None
    reason: str = ""

    def build(self) -> nn.Module:
        return build_network(self.chain) if self.chain else Function(self.function or missing_encoder)


def read_decoder(decode: Callable, given: ModelInputs) -> Network:
    """Return the decoder of codes [D] to images [C, H, W]."""
    rows = np.linspace(0, len(given.mu) - 1, N_CHECKED).astype(int)
    return _network(decode, given.decode, given.mu[rows], (given.mu.shape[1],), given.shape)


def read_encoder(encode: Callable | None, given: ModelInputs) -> Network:
    """Return the encoder of images [C, H, W] to mu, or mu and logvar beside each other."""
    if encode is None or given.encode is None:
        return Network(None, None, "it is not known")
    if given.layout == "nhwc" and given.shape[0] > 1:
        return Network(given.encode, None, "it takes images with the channels last")
    rows = np.linspace(0, len(given.x) - 1, N_CHECKED).astype(int)
    x = given.x[rows].astype(np.float32) / 255
    n_out = given.mu.shape[1] * (1 if given.logvar is None else 2)
    return _network(encode, given.encode, to_layout(x, given.layout), given.shape, (n_out,), x)


def _network(
    function: Callable,
    adapted: Callable[[np.ndarray], np.ndarray],
    inputs: np.ndarray,
    shape: Shape,
    output_shape: Shape,
    adapted_inputs: np.ndarray | None = None,
) -> Network:
    """Return the network of a function that takes inputs [n, …]; adapted: the same function of inputs and
    outputs of these shapes.
    """
    weights = next((p for p in Root(function).parameters() if p.is_floating_point()), torch.empty(0))
    try:
        traced = chain_of(function, torch.from_numpy(np.ascontiguousarray(inputs)).to(weights))
        chain = _with_shapes(traced, shape, output_shape)
        x = inputs if adapted_inputs is None else adapted_inputs
        with torch.inference_mode():
            computed = build_network(chain)(torch.from_numpy(x)).numpy()
        if not np.allclose(computed, adapted(x), 1e-3, 1e-3):
            raise NotAChain("its layers alone give a different result")
    except NotAChain as error:
        return Network(adapted, None, str(error))
    return Network(adapted, chain)


def _with_shapes(chain: Chain, shape: Shape, output_shape: Shape) -> Chain:
    """Return a chain that takes inputs, and returns outputs, of these shapes. Raises NotAChain."""
    before = [] if chain.input_shape == shape else [Reshape(chain.input_shape)]
    before = [Reshape((int(np.prod(shape)),))] if before and len(chain.input_shape) not in (1, 3) else before
    after = [] if chain.output_shape == output_shape else [Reshape(output_shape)]
    try:
        return Chain(shape, (*before, *chain.layers, *after))
    except UserError as error:
        raise NotAChain(str(error).rstrip(".")) from error
