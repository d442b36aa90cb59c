"""What a pad is made of, as bytes: a safetensors file whose metadata say what it is."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from safetensors import numpy as safetensors

from explorer.ui.content_routes import STORE, content_id


@dataclass(frozen=True)
class Block:
    """owner: the key of the visitor to whom it belongs; None if it is public."""

    id: str
    content: bytes
    owner: str | None = None

    @cached_property
    def address(self) -> str:
        """What names its content in the app's routes."""
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

    @cached_property
    def content(self) -> bytes:
        return self.build(self.id).content

    @cached_property
    def address(self) -> str:
        return content_id(self.id.encode())


def make_block(id: str, metadata: dict, tensors: dict[str, np.ndarray]) -> Block:
    """tensors: float32, float16, uint16 or uint8."""
    header = {"block": json.dumps({"id": id} | metadata)}
    return Block(id, safetensors.save({name: np.ascontiguousarray(t) for name, t in tensors.items()}, header))


def publish(block: Block | LazyBlock | None) -> str | None:
    """Let the app's routes serve a block, and return its address there."""
    if block is None:
        return None
    STORE.register_block(block.address, lambda: block.content, block.size, block.owner)
    return block.address
