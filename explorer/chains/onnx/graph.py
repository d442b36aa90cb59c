"""Read a graph of ONNX as layers: each operator adds the layers that compute the same, and what depends on
constants alone is computed.
"""

from dataclasses import dataclass

import numpy as np

from explorer.chains.layer import Shape
from explorer.chains.layers import LAYERS
from explorer.chains.onnx.arithmetic import ARITHMETIC
from explorer.chains.onnx.constants import BATCH, fold_constants
from explorer.chains.onnx.convolutions import CONVOLUTIONS
from explorer.chains.onnx.shapes import SHAPES
from explorer.chains.onnx.value import Unsupported, Value
from explorer.chains.simplify import Select
from explorer.errors import CorruptFile, UserError, corrupt_file_errors
from explorer.names import sanitize
from explorer.untrusted.onnx_file import Graph, Node
from explorer.untrusted.protobuf import Budget

OPERATORS = {**ARITHMETIC, **CONVOLUTIONS, **SHAPES}
MIN_OPSET = 7  # from which operators combine shapes as numpy does
MAX_NUMBERS = 60_000_000  # in all weights and computed constants
ADVICE = "Export a network whose layers follow one another"


@dataclass(frozen=True)
class Layers:
    """The input shape of a graph, without the batch, and its outputs with their names."""

    input_shape: Shape
    outputs: dict[str, Value]


def read_layers(name: str, graph: Graph) -> Layers:
    """Return what a graph computes, as layers. Raises UserError, with the name of the file, if an operator is
    not known, or its result is not that of layers that follow one another.
    """
    if graph.opset < MIN_OPSET:
        raise UserError(
            f"{sanitize(name)} has opset {graph.opset} of ONNX. Export it with {MIN_OPSET} or a later one."
        )
    if len(graph.inputs) != 1:
        raise UserError(
            f"{sanitize(name)} has {len(graph.inputs)} inputs, but an encoder or decoder has one. {ADVICE}."
        )
    [(input_name, shape)] = graph.inputs.items()
    if not shape or len(shape) < 2 or None in shape[1:] or shape[0] not in (None, 1):
        raise UserError(
            f"{sanitize(name)} does not state the shape of its input. Export it with an input of which only"
            " the number of images or codes may vary."
        )
    input_shape = tuple(size or 0 for size in shape[1:])
    values: dict[str, Value | np.ndarray] = {**graph.constants, input_name: Value((), input_shape)}
    budget = Budget(MAX_NUMBERS)
    try:
        for node in graph.nodes:
            _apply(node, values, budget)
        outputs = {output: values[output] for output in graph.outputs}
    except KeyError as error:
        raise _damaged_error(name, "it uses a value that it does not define") from error
    except CorruptFile as error:
        raise _damaged_error(name, str(error)) from error
    except UserError as error:
        raise UserError(f"{sanitize(name)} {error}") from error
    named_outputs = {output: value for output, value in outputs.items() if isinstance(value, Value)}
    known = {*LAYERS, Select.kind}
    if len(named_outputs) != len(outputs) or any(
        layer.kind not in known for value in named_outputs.values() for layer in value.layers
    ):
        raise UserError(f"{sanitize(name)} computes something that no known layer computes. {ADVICE}.")
    return Layers(input_shape, named_outputs)


def _damaged_error(name: str, fault: str) -> UserError:
    return UserError(f"{sanitize(name)} can't be used: {fault}. Export the network again as ONNX.")


def _apply(node: Node, values: dict[str, Value | np.ndarray], budget: Budget) -> None:
    """Add the outputs of an operator to the values. Raises UserError, as the rest of a sentence about the
    file, if it is not known.
    """
    inputs = [values[name] if name else None for name in node.inputs]
    while inputs and inputs[-1] is None:
        inputs.pop()
    operator = sanitize(node.operator, 40)
    with corrupt_file_errors(f"its operator {operator} has inputs or options that do not belong to it"):
        if not any(isinstance(value, Value) for value in inputs):
            constants = [value for value in inputs if isinstance(value, np.ndarray)]
            constant = fold_constants(node, constants, budget) if len(constants) == len(inputs) else None
            if constant is None:
                raise UserError(f"uses the operator {operator}, which is not supported. {ADVICE}.")
            values[node.outputs[0]] = constant
            return
        if node.operator == "Shape" and isinstance(inputs[0], Value):
            first, last = node.attributes.get("start", 0), node.attributes.get("end")
            values[node.outputs[0]] = np.array([BATCH, *inputs[0].shape])[first:last]
            return
        if node.operator not in OPERATORS:
            raise UserError(f"uses the operator {operator}, which is not supported. {ADVICE}.")
        # Weights are views of the file until they become a part of a layer.
        budget.spend(sum(value.size for value in inputs if isinstance(value, np.ndarray)))
        try:
            with np.errstate(all="ignore"):  # a layer refuses numbers that are not finite
                result = OPERATORS[node.operator](node, *inputs)
        except Unsupported as error:
            raise UserError(f"uses the operator {operator}, which here {error}. {ADVICE}.") from error
        except UserError as error:
            raise CorruptFile(f"its operator {operator} does not fit: {str(error).rstrip('.')}") from error
    results = result if isinstance(result, tuple) else (result,)
    values.update({name: value for name, value in zip(node.outputs, results) if name})
