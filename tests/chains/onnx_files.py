"""ONNX files for tests: of torch's exporters, and written operator by operator."""

import io
import warnings

import numpy as np
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

F32 = TensorProto.FLOAT


def export(module: nn.Module, example: torch.Tensor, opset: int = 17, dynamo: bool = False, **names) -> bytes:
    """Return what torch writes, for any number of inputs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if dynamo:
            shapes = ({0: torch.export.Dim("batch")},)
            program = torch.onnx.export(
                module.eval(),
                (example,),
                dynamo=True,
                verbose=False,
                opset_version=opset,
                dynamic_shapes=shapes,
            )
            return program.model_proto.SerializeToString()
        file = io.BytesIO()
        names = {"input_names": ["z"], "dynamic_axes": {"z": {0: "batch"}}} | names
        torch.onnx.export(module.eval(), (example,), file, dynamo=False, opset_version=opset, **names)
        return file.getvalue()


def make_model(
    nodes: list,
    constants: dict[str, np.ndarray],
    n_inputs=(None, 2),
    outputs=("x",),
    inputs=("z",),
    opset: int = 17,
):
    """Return a model of onnx with these operators, for inputs of that shape."""
    axes = None if n_inputs is None else [size or "batch" for size in n_inputs]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info(name, F32, axes) for name in inputs],
        [helper.make_tensor_value_info(name, F32, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def dense_nodes(sizes: list[int], first: str = "z", last: str = "x") -> tuple[list, dict[str, np.ndarray]]:
    """Return the operators and constants of dense layers of these sizes, with tanh between them."""
    numbers, nodes, constants, name = np.random.default_rng(0), [], {}, first
    for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:])):
        constants[f"w{i}"] = numbers.normal(size=(n_in, n_out)).astype(np.float32) / np.sqrt(n_in)
        constants[f"b{i}"] = numbers.normal(size=n_out).astype(np.float32)
        is_last = i == len(sizes) - 2
        made = last if is_last else f"h{i}"
        nodes += [
            helper.make_node("MatMul", [name, f"w{i}"], [f"m{i}"]),
            helper.make_node("Add", [f"m{i}", f"b{i}"], [made]),
        ]
        if not is_last:
            nodes.append(helper.make_node("Tanh", [made], [name := f"t{i}"]))
    return nodes, constants
