"""The layers that a function of one tensor applies one after another, as a chain: of a torch module, of a
method of one, or of a function that calls modules.

The function is traced (torch.fx), so that loops, lists of modules and functional calls are followed.
"""

import inspect
import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx, nn
from torch.fx.passes.shape_prop import ShapeProp

from explorer.chains.chain import Chain
from explorer.chains.layer import Layer
from explorer.chains.layers import Dense
from explorer.errors import UserError
from explorer.networks.chain import build_network
from explorer.networks.torch_layers import (
    KNOWN_MODULES,
    WITHOUT_EFFECT,
    NotALayer,
    layers_of_call,
    layers_of_module,
)

HALVES = {torch.chunk, "chunk", torch.split, "split"}  # which mu and logvar may be of one tensor
PARTS = ("reconstruction", "embedding", "log_covariance")  # of the output of a network of pythae
TOLERANCE = 1e-4  # of the outputs of a chain, absolute and relative


class NotAChain(ValueError):
    """A function that is no chain of known layers. Its message is the reason, as the end of a sentence."""


def parts_of(output: Any) -> tuple:
    """Return what a network returns: one array or tensor, or mu and logvar. A mapping is read by the names
    that pythae gives its parts.
    """
    if isinstance(output, Mapping):
        named = tuple(output[name] for name in PARTS if name in output)
        return named or tuple(output.values())
    return tuple(output) if isinstance(output, tuple | list) else (output,)


def chain_of(function: Callable, x: Tensor) -> Chain:
    """Return the chain of a function, as it is in evaluation. mu and logvar of two last linear layers side by
    side, or of the halves of one tensor, are one output. x [n, …]: inputs on which the chain is checked.

    Raises NotAChain with the reason.
    """
    root = Root(function)
    try:
        with torch.no_grad(), in_evaluation(root):
            graph = fx.GraphModule(root, _Tracer().trace(root))
            ShapeProp(graph).propagate(x.clone())  # the function may change its input
            expected = torch.cat([part.flatten(1) for part in root(x.clone())], 1).cpu().float()
    except Exception as error:  # tracing runs the function on symbols, which may raise anything
        raise NotAChain("it leaves torch, or what it does depends on its input") from error
    [output] = [node for node in graph.graph.nodes if node.op == "output"]
    try:
        chain = Chain(tuple(x.shape[1:]), tuple(_layers_to(graph, output.args[0], len(x))))
        result = build_network(chain)(x.cpu().float()).flatten(1)
    except (NotALayer, UserError) as error:
        raise NotAChain(str(error).rstrip(".")) from error
    if result.shape != expected.shape or not torch.allclose(result, expected, TOLERANCE, TOLERANCE):
        raise NotAChain("its layers alone give a different result")
    return chain


class Root(nn.Module):
    """Holds a function, and as its parts the modules that it is, belongs to or names."""

    def __init__(self, function: Callable):
        super().__init__()
        self.function = function
        used = [function]
        if inspect.isfunction(function):
            variables = inspect.getclosurevars(function)
            used += [*variables.globals.values(), *variables.nonlocals.values()]
        owners = [part if isinstance(part, nn.Module) else getattr(part, "__self__", None) for part in used]
        self.used = nn.ModuleList(owner for owner in owners if isinstance(owner, nn.Module))

    def forward(self, x: Tensor) -> tuple:
        return parts_of(self.function(x))


@contextmanager
def in_evaluation(module: nn.Module) -> Iterator[None]:
    """Set a module and its parts to evaluation, and afterwards back to what each was."""
    was_training = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, training in was_training.items():
            part.training = training


class _Tracer(fx.Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        is_known = isinstance(m, (*KNOWN_MODULES, *WITHOUT_EFFECT))
        return is_known or super().is_leaf_module(m, module_qualified_name)

    def create_arg(self, a: Any) -> Any:
        return super().create_arg(a.item() if isinstance(a, np.generic) else a)


def _layers_to(graph: fx.GraphModule, outputs: tuple, n: int) -> list[Layer]:
    """Return the layers up to what the graph returns, of an input [n, …]."""
    if not all(isinstance(out, fx.Node) for out in outputs):
        raise NotAChain("it returns constants")
    [*sources] = dict.fromkeys(out.args[0] if out.target is operator.getitem else out for out in outputs)
    if len(sources) == 1 and sources[0].target in HALVES:
        halves, indices = sources[0], [out.args[1] for out in outputs if out.target is operator.getitem]
        if _dimension(halves) in (1, -1) and indices in ([], [0, 1]):
            return _layers_before(graph, halves.args[0], n)
    if len(outputs) == 1:
        return _layers_before(graph, outputs[0], n)
    if len(outputs) != 2:
        raise NotAChain(f"it returns {len(outputs)} tensors")
    mu, logvar = outputs
    heads = [_layers_at(graph, node, n) for node in outputs]
    if mu.args[0] is logvar.args[0] and all(len(h) == 1 and isinstance(h[0], Dense) for h in heads):
        weights = [np.concatenate([getattr(h[0], name) for h in heads]) for name in Dense.tensors]
        return [*_layers_before(graph, mu.args[0], n), Dense(*weights)]
    raise NotAChain("its two outputs are not those of two linear layers side by side")


def _dimension(chunk: fx.Node) -> Any:
    """Return along which dimension a tensor is cut."""
    return chunk.kwargs.get("dim", chunk.args[2] if len(chunk.args) > 2 else 0)


def _layers_before(graph: fx.GraphModule, node: fx.Node, n: int) -> list[Layer]:
    layers: list[Layer] = []
    while node.op != "placeholder":
        inputs = [other for other in node.all_input_nodes if _shape(other)]
        if len(inputs) != 1:
            raise NotAChain(f"its layers do not follow each other at {node.name}")
        layers = [*_layers_at(graph, node, n), *layers]
        [node] = inputs
    return layers


def _layers_at(graph: fx.GraphModule, node: fx.Node, n: int) -> list[Layer]:
    """Return the layers that one step of the graph is."""
    shape, sources = _shape(node), [_shape(other) for other in node.all_input_nodes]
    source = next(filter(None, sources), ())
    if not shape or shape[0] != n:
        raise NotAChain("it mixes the images of a batch")
    if node.op == "call_module":
        return layers_of_module(graph.get_submodule(str(node.target)), source[1:], shape[1:])
    constants = [arg for arg in node.args if not isinstance(arg, fx.Node)]
    return layers_of_call(node.target, constants, dict(node.kwargs), source[1:], shape[1:])


def _shape(node: fx.Node) -> tuple[int, ...]:
    """Return the shape of a tensor in the graph, () of anything else."""
    return tuple(getattr(node.meta.get("tensor_meta"), "shape", ()))
