"""The wire format of protocol buffers, read from untrusted bytes without copying them
(https://protobuf.dev/programming-guides/encoding).

A small reader of our own, because the package `onnx` is not part of the default installation, copies what it
parses, and follows names to other files.
"""

from collections.abc import Iterator

import numpy as np

from explorer.errors import CorruptFile

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
MAX_VARINT_BYTES = 10
DAMAGED = "it is damaged or cut off"

Value = int | memoryview  # of fixed width or of bytes: a view


class Budget:
    """The number of fields and numbers that may still be read. It bounds time and memory."""

    def __init__(self, left: int):
        self.left = left

    def spend(self, n: int = 1) -> None:
        """Count n of them. Raises CorruptFile if these are more than are left."""
        self.left -= n
        if self.left < 0:
            raise CorruptFile("it has too many parts or numbers")


def read_fields(message: memoryview, budget: Budget) -> Iterator[tuple[int, Value]]:
    """Yield the number and the value of each field of a message. Raises CorruptFile if it is not one."""
    at = 0
    while at < len(message):
        budget.spend()
        key, at = _read_varint(message, at)
        number, wire_type = key >> 3, key & 7
        if wire_type == VARINT:
            value, at = _read_varint(message, at)
            yield number, value
            continue
        if wire_type == BYTES:
            size, at = _read_varint(message, at)
        else:
            size = {FIXED64: 8, FIXED32: 4}.get(wire_type, len(message))
        if size > len(message) - at:
            raise CorruptFile(DAMAGED)
        yield number, message[at : at + size]
        at += size


def _read_varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return an unsigned number and the position after it."""
    value = 0
    for i, byte in enumerate(message[at : at + MAX_VARINT_BYTES]):
        value |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at + i + 1
    raise CorruptFile(DAMAGED)


def as_bytes(value: Value) -> memoryview:
    if isinstance(value, int):
        raise CorruptFile(DAMAGED)
    return value


def as_text(value: Value) -> str:
    return str(as_bytes(value), "utf-8")


def as_signed(value: int) -> int:
    """Return the number of an int64, which is stored as its unsigned complement."""
    return value - 2**64 if value >= 2**63 else value


def as_int(value: Value) -> int:
    if not isinstance(value, int):
        raise CorruptFile(DAMAGED)
    return as_signed(value)


def as_ints(value: Value, budget: Budget) -> list[int]:
    """Return the numbers of a repeated int64: packed, or one."""
    if isinstance(value, int):
        return [as_signed(value)]
    numbers, at = [], 0
    while at < len(value):
        budget.spend()
        number, at = _read_varint(value, at)
        numbers.append(as_signed(number))
    return numbers


def as_array(value: Value, dtype: str) -> np.ndarray:
    """Return the numbers of a packed field of fixed width, [n]."""
    view = as_bytes(value)
    if len(view) % np.dtype(dtype).itemsize:
        raise CorruptFile(DAMAGED)
    return np.frombuffer(view, dtype)
