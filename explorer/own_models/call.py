"""A function of the user's: called with arrays or with tensors, whichever it takes, in evaluation mode."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from explorer.errors import UserError
from explorer.names import sanitize
from explorer.networks.sequence import Root, in_evaluation, parts_of
from explorer.own_models.inputs import check_finite, to_array

BATCH = 500  # inputs of one call
MAX_MESSAGE = 200  # characters of an error of the function


class Call:
    """name: as the user knows the function: decode or encode. Its modules are set to evaluation mode
    while it is called.
    """

    def __init__(self, function: Callable, name: str):
        if not callable(function):
            raise UserError(f"{name} must be a function or a torch module, not {type(function).__name__}.")
        self.function, self.name = function, name
        self._root = Root(function)
        self._takes_tensors: bool | None = None  # None until the first call

    def __call__(self, x: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the arrays, float32 [n, …], that the function returns for x, float32 [n, …]. Raises
        UserError if it fails, or what it returns has other lengths or is not finite.
        """
        batches = [self._call(x[first : first + BATCH]) for first in range(0, len(x), BATCH)]
        if len({len(parts) for parts in batches}) != 1:
            raise UserError(f"{self.name} returned different numbers of arrays for different batches.")
        return tuple(np.concatenate(parts) for parts in zip(*batches))

    def _call(self, x: np.ndarray) -> tuple[np.ndarray, ...]:
        parts = tuple(to_array(part, f"What {self.name} returns") for part in parts_of(self._output(x)))
        for part in parts:
            if len(part) != len(x) or part.dtype.kind not in "iuf":
                raise UserError(
                    f"{self.name} returned the shape {list(part.shape)} for an input of the shape"
                    f" {list(x.shape)}: a row of numbers is needed for each row."
                )
            check_finite(part, f"What {self.name} returned")
        return tuple(part.astype(np.float32) for part in parts)

    def _output(self, x: np.ndarray) -> Any:
        has_modules = len(self._root.used) > 0
        choices = (has_modules, not has_modules) if self._takes_tensors is None else (self._takes_tensors,)
        errors = []
        with torch.no_grad(), in_evaluation(self._root):
            for takes_tensors in choices:
                try:
                    output = self.function(self._tensor(x) if takes_tensors else x.copy())
                    self._takes_tensors = takes_tensors
                    return output
                except Exception as error:  # the function is the user's, and may raise anything
                    errors.append(error)
        shown = errors[0] if has_modules else errors[-1]
        lines = str(shown).strip().splitlines() or [""]
        raise UserError(
            f"{self.name} failed for an input of the shape {list(x.shape)}: {type(shown).__name__}:"
            f" {sanitize(lines[0].rstrip('.'), MAX_MESSAGE)}."
        ) from shown

    def _tensor(self, x: np.ndarray) -> torch.Tensor:
        """Return a copy of x, which the function may change, on the device and in the precision of its
        weights.
        """
        weights = next((p for p in self._root.parameters() if p.is_floating_point()), torch.empty(0))
        return torch.from_numpy(x.copy()).to(weights)
