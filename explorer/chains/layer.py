"""What every layer of a chain has: its output shape, its options and its weights. It contains numbers only,
so that a chain can be read, checked and stored without torch; explorer/networks/chain.py computes it.

Shapes are those of one image or code, without the batch: (n,) or (C, H, W).
"""

import math
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from explorer.errors import UserError

Shape = tuple[int, ...]
MAX_VALUES = 2**24  # numbers that a layer may compute for one image
MAX_OPTION = 2**20  # the largest stride, padding or size


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer, by itself one that changes each number. kind: its name, also in network.js; tensors: the names
    of the fields that are weights, float32; all other fields are options.
    """

    kind: ClassVar[str]
    tensors: ClassVar[tuple[str, ...]] = ()

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the output. Raises UserError if an input of this shape does not fit."""
        return shape

    def multiply_adds(self, shape: Shape) -> int:
        """Return the number of multiplications for an input of this shape, at least one for each number."""
        return math.prod(shape)

    @property
    def weights(self) -> dict[str, np.ndarray]:
        return {name: getattr(self, name) for name in self.tensors}

    @property
    def options(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in self.tensors}

    def __post_init__(self) -> None:
        for name in self.tensors:
            array = np.require(getattr(self, name), np.float32, ["C_CONTIGUOUS", "ALIGNED"])
            if not np.isfinite(array).all():
                raise UserError(f"Its {name} contains numbers that are not finite.")
            object.__setattr__(self, name, array)


def check(is_right: bool, fault: str) -> None:
    """Raise UserError with the fault, unless it is right."""
    if not is_right:
        raise UserError(fault)


def describe(shape: Shape) -> str:
    """Return a shape as text, as in 3×64×64."""
    return "×".join(map(str, shape)) or "no"
