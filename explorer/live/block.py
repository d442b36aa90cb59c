"""What a live figure is made of, as bytes: a safetensors file whose metadata say what it is."""

import base64
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from safetensors import numpy as safetensors

BlockTree = Any  # a block, None for one that is not there, or a dict or list of such trees


def content_id(content: bytes) -> str:
    """Return the name of a content, by its hash."""
    return hashlib.sha256(content).hexdigest()[:32]


@dataclass(frozen=True)
class Block:
    """owner: the key of the visitor to whom it belongs; None if it is public. is_transient: whether it is
    soon replaced, so that it travels with the state, one round trip sooner, and is not kept.
    """

    id: str
    content: bytes
    owner: str | None = None
    is_transient: bool = False

    @cached_property
    def address(self) -> str:
        """What names its content in the app's routes; a transient block is its own address."""
        if self.is_transient:
            return f"data:;base64,{base64.b64encode(self.content).decode()}"
        return content_id(self.content)

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class LazyBlock:
    """One that takes long to make, and is made when it is first requested. id names the content: another
    content, another id; size: bytes that it keeps in memory, about. make_coarse: makes of it a block of fewer
    bytes that can stand in for it until it has arrived, if there is such a one.
    """

    id: str
    build: Callable[[str], Block]
    size: int = 0
    owner: str | None = None
    is_transient: bool = False
    make_coarse: Callable[[Block], Block] | None = None

    @cached_property
    def content(self) -> bytes:
        return self.build(self.id).content

    @cached_property
    def coarse(self) -> Block | None:
        return self.make_coarse(Block(self.id, self.content)) if self.make_coarse else None

    @cached_property
    def address(self) -> str:
        return content_id(self.id.encode())


SCALE_SUFFIX = ".scale"  # of the name of the tensor that the rows of another, of int8, are multiplied by
SMALLEST_FLOAT16 = 2.0**-24  # all float16 numbers are multiples of it
MIN_PACKED_ROW = 16  # numbers, of which the scale takes less than they save
MAX_SHARED = 64
_shared: OrderedDict[str, LazyBlock] = OrderedDict()


def share_block(block: LazyBlock) -> LazyBlock:
    """Return the block of this id that was shared before, so that its content is computed once for all
    visitors; this one if there is none. The MAX_SHARED that were asked for last are kept.
    """
    shared = _shared.setdefault(block.id, block)
    _shared.move_to_end(block.id)
    while len(_shared) > MAX_SHARED:
        _shared.popitem(last=False)
    return shared


def make_block(
    id: str, metadata: dict, tensors: dict[str, np.ndarray], *, is_transient: bool = False
) -> Block:
    """tensors: float32, float16, uint16 or uint8; float16 in 8 bits where that loses nothing."""
    header = {"block": json.dumps({"id": id} | metadata)}
    parts = {name: part for tensor in tensors.items() for name, part in _pack(*tensor).items()}
    content = safetensors.save({name: np.ascontiguousarray(t) for name, t in parts.items()}, header)
    return Block(id, content, is_transient=is_transient)


def read_block(block: Block) -> tuple[dict, dict[str, np.ndarray]]:
    """Return the metadata and the tensors of a block, as make_block() was given them."""
    header = json.loads(block.content[8 : 8 + int.from_bytes(block.content[:8], "little")])
    tensors = safetensors.load(block.content)
    scales = {name: tensors.pop(name) for name in list(tensors) if name.endswith(SCALE_SUFFIX)}
    for name, scale in scales.items():
        scaled = name.removesuffix(SCALE_SUFFIX)
        tensors[scaled] = (tensors[scaled] * scale).astype(np.float16)
    return json.loads(header["__metadata__"]["block"]), tensors


def _pack(name: str, tensor: np.ndarray) -> dict[str, np.ndarray]:
    """Return a tensor, or its rows as integers with their scales, as core/block.js reads them."""
    if not (rows := to_integers(tensor)):
        return {name: tensor}
    integers, scale = rows
    return {name: integers, name + SCALE_SUFFIX: scale}


def to_integers(tensor: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the rows of a float16 tensor [..., n] as int8 integers [..., n] times a scale, float32 [..., 1];
    None where a row can't be divided so without a loss, or is too short to save anything.
    """
    if tensor.dtype != np.float16 or tensor.ndim < 2 or tensor.shape[-1] < MIN_PACKED_ROW:
        return None
    if not np.isfinite(tensor).all():
        return None
    multiples = (tensor.astype(np.float64) / SMALLEST_FLOAT16).astype(np.int64)
    scale = np.maximum(np.gcd.reduce(multiples, axis=-1, keepdims=True), 1)
    integers = multiples // scale
    if np.abs(integers).max(initial=0) > 127:
        return None
    return integers.astype(np.int8), (scale * SMALLEST_FLOAT16).astype(np.float32)


def map_blocks(tree: BlockTree, transform: Callable[[Block | LazyBlock], Any]) -> Any:
    """Return a tree with each block transformed; None stays."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {name: map_blocks(part, transform) for name, part in tree.items()}
    if isinstance(tree, list | tuple):
        return [map_blocks(part, transform) for part in tree]
    return transform(tree)
