"""A decoder's weights and layers, for network.js."""

import math
import re

import numpy as np

from explorer.chains.chain import Chain
from explorer.chains.convolutions import ConvTranspose
from explorer.chains.layer import Layer
from explorer.live.block import Block, make_block
from explorer.specs import RunSpec

MAX_MULTIPLY_ADDS = 25_000_000  # that a browser should do for one image
DECODER_PREFIX = "decoder."
UPCONV_OPTIONS = ConvTranspose(np.zeros((1, 1, 4, 4)), np.zeros(1), (2, 2), (1, 1, 1, 1)).options
LAYER_PATTERN = re.compile(r"(decoder\.\d+)\.weight")


def decoder_block(
    id: str,
    spec: RunSpec,
    shape: tuple[int, int, int],
    rungs: dict[float, dict[str, np.ndarray]],
    log_axis: bool = False,
    n_classes: int = 0,
    chain: Chain | None = None,
) -> Block | None:
    """The decoder of a run, or of a ladder's rungs, which lie at rising values of a film's axis (logarithmic
    as the film's is). n_classes: of a conditional model, whose decoder has one-hot classes after z.

    rungs: state dicts, of which the decoder's part is sent; chain: the decoder of an imported network. None
    if the server should decode: a network of another kind, a function, or one that takes more than 25 M
    multiply-adds an image.
    """
    image_layer = spec.likelihood_kind.browser_layer
    is_function = not spec.network_kind.is_trainable and not chain
    if is_function or not (spec.network_kind.in_browser and image_layer):
        return None
    first = next(iter(rungs.values()))
    if chain:
        layers, multiply_adds = _layers_of_chain(chain), chain.multiply_adds
    else:
        layers, multiply_adds = _layers_and_cost(shape, first)
    if multiply_adds > MAX_MULTIPLY_ADDS:
        return None
    positions = [math.log10(value) if log_axis else value for value in rungs]
    metadata = {
        "n_inputs": spec.latent_dim + n_classes,
        "n_classes": n_classes,
        "layers": [*layers, {"kind": image_layer}],
        "rungs": positions,
    }
    return make_block(
        id,
        metadata,
        {
            name: np.stack([rung[name] for rung in rungs.values()])
            for name in first
            if name.startswith(DECODER_PREFIX)
        },
    )


def _layers_and_cost(shape: tuple[int, int, int], weights: dict[str, np.ndarray]) -> tuple[list[dict], int]:
    """Layers by their weights: matrices are dense, kernels double the image; ReLU between. And the
    multiply-adds of it all.
    """
    names = sorted(
        (match[1] for name in weights if (match := LAYER_PATTERN.fullmatch(name))),
        key=lambda name: int(name.removeprefix(DECODER_PREFIX)),
    )
    layers, multiply_adds = [], 0
    doublings = sum(weights[f"{name}.weight"].ndim == 4 for name in names)
    for i, name in enumerate(names):
        weight = weights[f"{name}.weight"]
        if i:
            layers.append({"kind": "relu"})
        if weight.ndim != 4:
            layers.append({"kind": "dense", "name": name})
            multiply_adds += weight.size
            continue
        small = [weight.shape[0], shape[1] >> doublings, shape[2] >> doublings]
        layers += [{"kind": "reshape", "shape": small}, {"kind": "upconv", "name": name}]
        multiply_adds += weight.size * small[1] * small[2]
        doublings -= 1
    return layers, multiply_adds


def _layers_of_chain(chain: Chain) -> list[dict]:
    """Return the layers of an imported decoder, with the names of their weights."""
    return [
        {"kind": _browser_kind(layer), "name": f"{DECODER_PREFIX}{i}"} | layer.options
        for i, layer in enumerate(chain.layers)
    ]


def _browser_kind(layer: Layer) -> str:
    """Return the layer's kind in network.js, which computes kernels that double an image faster."""
    return (
        "upconv"
        if layer.options == UPCONV_OPTIONS and layer.weights["weight"].shape[2:] == (4, 4)
        else layer.kind
    )
