"""Untrusted ONNX files, read as what they are: operators, their attributes and constants. Nothing in them is
run, and no other file is opened. The numbers of fields are those of onnx.proto
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.errors import CorruptFile, UserError, corrupt_file_errors
from explorer.names import sanitize
from explorer.untrusted.protobuf import (
    Budget,
    Value,
    as_array,
    as_bytes,
    as_int,
    as_ints,
    as_text,
    read_fields,
)

MAX_BYTES = 200_000_000
MAX_NODES = 500
MAX_AXES = 8
MAX_PARTS = 200_000  # fields and numbers that are read one by one; 500 operators have some 10,000
STANDARD_DOMAINS = ("", "ai.onnx")
SUBGRAPHS = ("Loop", "If", "Scan", "SequenceMap")
# numpy types of the types of tensors, and the field in which their numbers lie unless it is raw_data
TYPES = {
    1: ("<f4", 4),
    2: ("u1", 5),
    3: ("i1", 5),
    6: ("<i4", 5),
    7: ("<i8", 7),
    9: ("?", 5),
    10: ("<f2", 5),
    11: ("<f8", 10),
}
FLOAT16 = 10
Attribute = Any  # int, float, str, tuple of ints, or array
ZEROS: dict[int, Attribute] = {1: 0.0, 2: 0, 3: ""}  # by the type of an attribute
DAMAGED = "it is not an ONNX file, or it is damaged"
ONE_FILE = "export it as one file, with torch.onnx.export(..., external_data=False)"


@dataclass(frozen=True)
class Node:
    """An operator. inputs: names, "" for one that is left out."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Attribute]


@dataclass(frozen=True)
class Graph:
    """Operators in their order. inputs: the shape of each, None for an axis of any length, or None for a
    shape that is not given; constants by their names; opset: the version of the operators.
    """

    nodes: tuple[Node, ...]
    inputs: dict[str, tuple[int | None, ...] | None]
    outputs: tuple[str, ...]
    constants: dict[str, np.ndarray]
    opset: int


def read_onnx(name: str, content: bytes) -> Graph:
    """Return the graph in a file of that name. Raises UserError, in one sentence with its remedy, for what is
    not read: other files, operators of other domains, subgraphs, too many operators or bytes, damage.
    """
    if len(content) > MAX_BYTES:
        raise UserError(f"{sanitize(name)} is larger than the limit of {MAX_BYTES / 1e6:,.0f} MB.")
    try:
        with corrupt_file_errors(DAMAGED):
            return _Reader().read_model(memoryview(content))
    except CorruptFile as error:
        raise UserError(
            f"{sanitize(name)} can't be used: {error}. Export the network again as ONNX."
        ) from None
    except UserError as error:
        raise UserError(f"{sanitize(name)} {error}") from None


class _Reader:
    def __init__(self) -> None:
        self.budget = Budget(MAX_PARTS)

    def read_model(self, message: memoryview) -> Graph:
        graph, opset = None, 0
        for number, value in read_fields(message, self.budget):
            if number == 7:
                graph = as_bytes(value)
            elif number == 8:
                version = dict(read_fields(as_bytes(value), self.budget))
                if as_text(version.get(1, memoryview(b""))) in STANDARD_DOMAINS:
                    opset = as_int(version.get(2, 0))
            elif number == 25:
                raise UserError("contains functions of its own: export it with plain operators.")
        if graph is None or not opset:
            raise CorruptFile(DAMAGED)
        return self._read_graph(graph, opset)

    def _read_graph(self, message: memoryview, opset: int) -> Graph:
        nodes: list[Node] = []
        constants: dict[str, np.ndarray] = {}
        inputs: dict[str, tuple[int | None, ...] | None] = {}
        outputs: list[str] = []
        for number, value in read_fields(message, self.budget):
            if number == 1:
                if len(nodes) == MAX_NODES:
                    raise UserError(
                        f"has more than {MAX_NODES} operators, which is the limit: export a smaller network."
                    )
                nodes.append(self._read_node(as_bytes(value)))
            elif number == 5:
                name, array = self._read_tensor(as_bytes(value))
                constants[name] = array
            elif number == 11:
                name, shape = self._read_value_info(as_bytes(value))
                inputs[name] = shape
            elif number == 12:
                outputs.append(self._read_value_info(as_bytes(value))[0])
            elif number == 15:
                raise UserError("contains sparse weights: export it with dense ones.")
        # Files of old versions list their constants among the inputs.
        inputs = {name: shape for name, shape in inputs.items() if name not in constants}
        return Graph(tuple(nodes), inputs, tuple(outputs), constants, opset)

    def _read_node(self, message: memoryview) -> Node:
        inputs, outputs, operator, domain = [], [], "", ""
        attributes: dict[str, Attribute] = {}
        parts = list(read_fields(message, self.budget))
        for number, value in parts:
            if number == 1:
                inputs.append(as_text(value))
            elif number == 2:
                outputs.append(as_text(value))
            elif number == 4:
                operator = as_text(value)
            elif number == 7:
                domain = as_text(value)
        if domain not in STANDARD_DOMAINS:
            raise UserError(
                f"uses the operator {sanitize(operator, 40)} of {sanitize(domain, 40)}, which is not one of"
                " ONNX: export it with the standard operators alone."
            )
        if operator in SUBGRAPHS:
            raise UserError(
                f"uses {operator}, whose result depends on running it: export a network without loops and"
                " conditions."
            )
        for number, value in parts:
            if number == 5:
                name, attribute = self._read_attribute(as_bytes(value))
                attributes[name] = attribute
        return Node(operator, tuple(inputs), tuple(outputs), attributes)

    def _read_attribute(self, message: memoryview) -> tuple[str, Attribute]:
        name, kind = "", 0
        attribute: Attribute = None
        ints: list[int] = []
        floats: list[float] = []
        for number, value in read_fields(message, self.budget):
            if number == 1:
                name = as_text(value)
            elif number == 2:
                attribute = float(as_array(value, "<f4")[0])
            elif number == 3:
                attribute = as_int(value)
            elif number == 4:
                attribute = as_text(value)
            elif number == 5:
                attribute = self._read_tensor(as_bytes(value))[1]
            elif number == 7:
                floats += as_array(value, "<f4").tolist()
            elif number == 8:
                ints += as_ints(value, self.budget)
            elif number == 20:
                kind = as_int(value)
            elif number in (6, 11):
                raise UserError("contains a graph inside an operator: export a network without loops.")
        if attribute is None:  # a list, or a zero that was left out
            numbers = np.array(floats, np.float32) if floats else tuple(ints)
            attribute = ZEROS.get(kind, numbers)
        return name, attribute

    def _read_tensor(self, message: memoryview) -> tuple[str, np.ndarray]:
        """Return the name and the numbers of a constant, which are a view of the file where they can be."""
        name, kind = "", 0
        shape: list[int] = []
        raw: memoryview | None = None
        typed: dict[int, list[Value]] = {}
        for number, value in read_fields(message, self.budget):
            if number == 1:
                shape += as_ints(value, self.budget)
            elif number == 2:
                kind = as_int(value)
            elif number == 8:
                name = as_text(value)
            elif number == 9:
                raw = as_bytes(value)
            elif number == 13 or number == 14 and as_int(value):
                raise UserError(f"keeps its weights in another file: {ONE_FILE}.")
            elif number in (4, 5, 7, 10):
                typed.setdefault(number, []).append(value)
        if kind not in TYPES:
            raise UserError(f"contains numbers of type {kind}, which is not supported: export it as float32.")
        dtype, field = TYPES[kind]
        if len(shape) > MAX_AXES or min(shape, default=0) < 0:
            raise CorruptFile(DAMAGED)
        array = (
            as_array(raw, dtype) if raw is not None else self._read_numbers(typed.get(field, []), dtype, kind)
        )
        if array.size != math.prod(shape):
            raise CorruptFile(DAMAGED)
        return name, array.reshape(shape)

    def _read_numbers(self, parts: list[Value], dtype: str, kind: int) -> np.ndarray:
        """Return the numbers of a field of numbers: floats of fixed width, whole numbers as varints."""
        if dtype in ("<f4", "<f8"):
            return np.concatenate([np.empty(0, dtype), *(as_array(part, dtype) for part in parts)])
        numbers = [number for part in parts for number in as_ints(part, self.budget)]
        if kind == FLOAT16:  # its bits
            return np.array(numbers, np.uint16).view(dtype)
        return np.array(numbers, np.int64).astype(dtype)

    def _read_value_info(self, message: memoryview) -> tuple[str, tuple[int | None, ...] | None]:
        """Return the name and the shape of an input or output."""
        parts = dict(read_fields(message, self.budget))
        name = as_text(parts.get(1, memoryview(b"")))
        shape: Any = parts.get(2)
        for number in (1, 2):  # TypeProto.tensor_type, its shape
            shape = shape and dict(read_fields(as_bytes(shape), self.budget)).get(number)
        if shape is None:
            return name, None
        axes = [
            dict(read_fields(as_bytes(axis), self.budget)).get(1)
            for number, axis in read_fields(as_bytes(shape), self.budget)
            if number == 1
        ]
        return name, tuple(None if axis is None else as_int(axis) for axis in axes)
