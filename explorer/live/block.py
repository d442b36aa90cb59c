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
    content, another id; size: bytes that it keeps in memory, about.
    """

    id: str
    build: Callable[[str], Block]
    size: int = 0
    owner: str | None = None
    is_transient: bool = False

    @cached_property
    def content(self) -> bytes:
        return self.build(self.id).content

    @cached_property
    def address(self) -> str:
        return content_id(self.id.encode())


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
    """tensors: float32, float16, uint16 or uint8."""
    header = {"block": json.dumps({"id": id} | metadata)}
    content = safetensors.save({name: np.ascontiguousarray(t) for name, t in tensors.items()}, header)
    return Block(id, content, is_transient=is_transient)


def map_blocks(tree: BlockTree, transform: Callable[[Block | LazyBlock], Any]) -> Any:
    """Return a tree with each block transformed; None stays."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {name: map_blocks(part, transform) for name, part in tree.items()}
    if isinstance(tree, list | tuple):
        return [map_blocks(part, transform) for part in tree]
    return transform(tree)
