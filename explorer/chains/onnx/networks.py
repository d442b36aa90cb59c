"""Encoders and decoders in ONNX files, as chains. The files are read, and never run."""

import math
from collections.abc import Iterable

from explorer.chains.chain import Chain
from explorer.chains.heads import join_heads
from explorer.chains.layer import Layer, Shape
from explorer.chains.layers import LAYERS, Reshape
from explorer.chains.onnx.graph import read_layers
from explorer.chains.onnx.value import layer_shape
from explorer.chains.simplify import simplify
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.untrusted.onnx_file import read_onnx

LOGVAR_NAMES, SIGMA_NAMES = ("logvar", "log_var", "logsigma", "log_sigma"), ("sigma", "std", "scale")


def read_decoder(name: str, content: bytes) -> Chain:
    """Return the decoder in an ONNX file, codes [D] to an image, or to its pixels as one vector. Raises
    UserError, in one sentence with its remedy, if it is not one of known layers that follow one another.
    """
    layers = read_layers(name, read_onnx(name, content))
    if len(layers.outputs) != 1:
        raise UserError(f"{sanitize(name)} has {len(layers.outputs)} outputs, but a decoder has one.")
    [value] = layers.outputs.values()
    after = (Reshape((1, *value.shape)),) if len(value.shape) == 2 else ()
    return _chain(name, (math.prod(layers.input_shape),), _from(layers.input_shape), value.layers + after)


def read_encoder(name: str, content: bytes) -> Chain:
    """Return the encoder in an ONNX file, an image, or its pixels as one vector, to numbers [n]: mu, or mu
    and log sigma², in one output or in two. Raises as read_decoder() does.
    """
    layers = read_layers(name, read_onnx(name, content))
    values = [layers.outputs[output] for output in order_outputs(name, layers.outputs)]
    input_shape = layer_shape(layers.input_shape)
    try:
        parts = values[0].layers if len(values) == 1 else join_heads(input_shape, *(v.layers for v in values))
    except UserError as error:
        raise UserError(f"{sanitize(name)} {error}") from error
    n_numbers = sum(math.prod(value.shape) for value in values)
    return _chain(name, input_shape, (), (*parts, Reshape((n_numbers,))))


def order_outputs(name: str, outputs: Iterable[str]) -> tuple[str, ...]:
    """Return the names of outputs with that of mu first. Raises UserError if there are more than two, or one
    of them is sigma itself.
    """
    outputs = tuple(outputs)
    if len(outputs) not in (1, 2):
        raise UserError(
            f"{sanitize(name)} has {len(outputs)} outputs, but an encoder has one, or two: mu and log sigma²."
        )
    names = [key.lower() for key in outputs]
    is_logvar = [any(part in key for part in LOGVAR_NAMES) for key in names]
    for key, is_right in zip(names, is_logvar):
        if not is_right and any(part in key for part in SIGMA_NAMES):
            raise UserError(
                f"{sanitize(name)} returns {sanitize(key)}, where log sigma² is needed. Export that instead."
            )
    return outputs[::-1] if is_logvar == [True, False] else outputs


def _from(input_shape: Shape) -> tuple[Layer, ...]:
    """Return the layer that makes of a code the input of a decoder whose codes have several axes."""
    return (Reshape(layer_shape(input_shape)),) if len(input_shape) > 1 else ()


def _chain(name: str, input_shape: Shape, before: tuple[Layer, ...], layers: tuple[Layer, ...]) -> Chain:
    try:
        chain = Chain(input_shape, simplify(input_shape, before + layers))
        if any(layer.kind not in LAYERS for layer in chain.layers):
            raise UserError("It takes parts of something other than the result of a linear layer.")
        return chain
    except UserError as error:
        raise UserError(f"{sanitize(name)} can't be used: {error}") from error
