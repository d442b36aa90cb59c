"""Use case: import an encoder and a decoder in ONNX of which onnxruntime has to execute at least one, because
it is not made of known layers.
"""

import math
import time
from dataclasses import dataclass

import numpy as np

from explorer.chains.chain import Chain
from explorer.chains.imported import (
    Pixels,
    check_code_size,
    check_image_size,
    decoder_logits,
    fit_decoder,
    fit_encoder,
    image_shape_of,
    last_layer,
    read_pixels,
    with_pixels,
)
from explorer.chains.layer import Layer, Shape
from explorer.chains.layers import Sigmoid, Tanh
from explorer.chains.onnx.networks import order_outputs, read_decoder, read_encoder
from explorer.data import load_dataset as load_data
from explorer.data.dataset import Progress, no_progress
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.networks.onnx_function import OnnxFunction
from explorer.runs.executed import Executed, ImportedPair, decoder_range
from explorer.runs.import_network import import_onnx, import_pair, spec_of_network
from explorer.runs.staging import unused_folder
from explorer.store.run import Run
from explorer.untrusted.execution import check_allowed
from explorer.untrusted.onnx_file import Graph, read_onnx

File = tuple[str, bytes]  # its name and its content
N_TRIED = 8  # inputs on which a network is tried, and its time is measured
RESHAPES = ("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Transpose")
LAST_LAYERS = {"Sigmoid": Sigmoid(), "Tanh": Tanh()}  # that say what pixels are, by the names of operators


def import_executed(
    decoder: File,
    encoder: File,
    dataset: str,
    name: str,
    *,
    likelihood: str | None = None,
    pixel_range: tuple[float, float] | None = None,
    max_multiply_adds: float = math.inf,
    max_seconds: float = math.inf,
    on_images: Progress = no_progress,
) -> Run:
    """Import two ONNX files as import_onnx() does, and execute each that is not made of known layers.
    max_seconds: that both may take for all test images. Raises UserError for whatever no ONNX file may have,
    if this is not allowed, or for networks that are random or too slow; then nothing is written.
    """
    graphs = [read_onnx(*file) for file in (decoder, encoder)]
    chains = [_read(read_decoder, decoder), _read(read_encoder, encoder)]
    options = {"likelihood": likelihood, "pixel_range": pixel_range, "on_images": on_images}
    if all(chains):
        return import_onnx(decoder, encoder, dataset, name, max_multiply_adds=max_multiply_adds, **options)
    check_allowed()
    unused_folder(name)
    trial = None if chains[0] else _try(*decoder, graphs[0])
    if chains[0]:
        latent_dim, last, shape = chains[0].input_shape[0], last_layer(chains[0]), chains[0].output_shape
    else:
        assert trial is not None
        latent_dim, last, shape = math.prod(trial.input_shape), trial.last, trial.output_shape
    pixels = read_pixels(last, likelihood, pixel_range)
    image_shape = image_shape_of(shape)
    of_encoder = None if chains[1] else _try(*encoder, graphs[1])
    if of_encoder:
        has_logvar = check_code_size(math.prod(of_encoder.output_shape), latent_dim)
    else:
        has_logvar = check_code_size(math.prod(chains[1].output_shape), latent_dim)
    spec = spec_of_network(image_shape, has_logvar, latent_dim, pixels.likelihood, dataset)
    data = load_data(spec.dataset, spec.image_size, spec.colour, on_images)
    seconds = sum(part.seconds for part in (trial, of_encoder) if part) / N_TRIED * len(data.x)
    if seconds > max_seconds:
        raise UserError(
            f"This network would take about {seconds:,.0f} s for {len(data.x):,} images. Import it on the"
            " command line."
        )
    pair = ImportedPair(
        _encoder(chains[1], of_encoder, encoder[1], pixels, data.shape),
        _decoder(chains[0], trial, decoder[1], pixels, data.shape),
    )
    return import_pair(pair, spec, data, name)


@dataclass(frozen=True)
class _Trial:
    """What is known of a network from running it. last: its last layer, if that says what pixels are."""

    input_shape: Shape
    outputs: tuple[str, ...]
    output_shape: Shape
    last: Layer | None
    seconds: float


def _read(read, file: File) -> Chain | None:
    try:
        return read(*file)
    except UserError:
        return None


def _try(name: str, content: bytes, graph: Graph) -> _Trial:
    """Run a network on random inputs. Raises UserError if it does not return the same numbers twice."""
    if len(graph.inputs) != 1:
        raise UserError(
            f"{sanitize(name)} has {len(graph.inputs)} inputs, but an encoder or decoder has one."
        )
    [shape] = graph.inputs.values()
    if not shape or len(shape) < 2 or None in shape[1:] or shape[0] not in (None, 1):
        raise UserError(
            f"{sanitize(name)} does not state the shape of its input. Export it with an input of which only"
            " the number of images or codes may vary."
        )
    input_shape, outputs = tuple(size or 0 for size in shape[1:]), order_outputs(name, graph.outputs)
    function = OnnxFunction(content, input_shape, outputs)
    x = np.random.default_rng(0).random((N_TRIED, *input_shape), np.float32)
    y, output_shape = function.compute(x)
    start = time.perf_counter()
    if not np.array_equal(function(x), y):
        raise UserError(
            f"{sanitize(name)} returns other numbers for the same input: export it without sampling."
        )
    seconds = time.perf_counter() - start
    if len(output_shape) == 2:
        output_shape = (1, *output_shape)
    if len(outputs) == 2 or len(output_shape) != 3:
        output_shape = (y.shape[1],)
    return _Trial(input_shape, outputs, output_shape, LAST_LAYERS.get(_last_operator(graph)), seconds)


def _last_operator(graph: Graph) -> str:
    """Return the last operator that changes numbers of the first output."""
    makers = {output: node for node in graph.nodes for output in node.outputs}
    node = makers.get(graph.outputs[0])
    for _ in graph.nodes:
        if node and node.operator in RESHAPES and node.inputs:
            node = makers.get(node.inputs[0])
    return node.operator if node else ""


def _encoder(
    chain: Chain | None, trial: _Trial | None, content: bytes, pixels: Pixels, shape: Shape
) -> Chain | Executed:
    if chain:
        return fit_encoder(with_pixels(chain, pixels), shape)
    assert trial is not None
    check_image_size(trial.input_shape, shape, "encoder takes")
    n_out = (math.prod(trial.output_shape),)
    parts = trial.input_shape, trial.outputs, n_out, pixels.black, pixels.white, False
    return Executed("encoder", content, *parts)


def _decoder(
    chain: Chain | None, trial: _Trial | None, content: bytes, pixels: Pixels, shape: Shape
) -> Chain | Executed:
    if chain:
        return fit_decoder(decoder_logits(chain, pixels), shape)
    assert trial is not None
    check_image_size(trial.output_shape, shape, "decoder returns")
    values = decoder_range(pixels, isinstance(trial.last, Sigmoid))
    parts = trial.input_shape, trial.outputs, shape, *values, pixels.is_probability
    return Executed("decoder", content, *parts)
