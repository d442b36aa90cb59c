"""What a pad is made of, as bytes: a safetensors file whose metadata say what it is."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from safetensors import numpy as safetensors


@dataclass(frozen=True)
class Block:
    """id names the content: another content, another id."""

    id: str
    content: bytes


@dataclass(frozen=True)
class LazyBlock:
    """One that takes long to make, and is made when it is first sent."""

    id: str
    build: Callable[[str], Block]

    @cached_property
    def content(self) -> bytes:
        return self.build(self.id).content


def make_block(id: str, metadata: dict, tensors: dict[str, np.ndarray]) -> Block:
    """tensors: float32, float16, uint16 or uint8."""
    header = {"block": json.dumps({"id": id} | metadata)}
    return Block(id, safetensors.save({name: np.ascontiguousarray(t) for name, t in tensors.items()}, header))
