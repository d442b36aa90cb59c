"""Networks whose numbers come from a function: one of this process, or one that another process answers for.

A request is one connection of multiprocessing, whose ends prove to each other that they know the key; it
carries arrays in safetensors, of which nothing is unpickled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client

import numpy as np
import torch
from safetensors import numpy as safetensors
from torch import Tensor, nn

from explorer.errors import UserError

INPUT, OUTPUT, ERROR = "input", "output", "error"  # the names of the arrays
ENDED = "The Python process that opened this model has ended. Open the model again."


class Function(nn.Module):
    """function: of an array float32 [n, …], returns an array of n rows."""

    def __init__(self, function: Callable[[np.ndarray], np.ndarray]):
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(self.function(x.detach().cpu().float().numpy())))


@dataclass(frozen=True)
class RemoteFunction:
    """A function of another process. address: of its listener; key: in hexadecimal digits; name: of the
    function.
    """

    address: str
    key: str
    name: str

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Raises UserError if the process has ended, or with what the function raised."""
        request = safetensors.save({INPUT: np.ascontiguousarray(x)}, {"function": self.name})
        try:
            with Client(self.address, authkey=bytes.fromhex(self.key)) as connection:
                connection.send_bytes(request)
                answer = safetensors.load(connection.recv_bytes())
        except (OSError, EOFError, AuthenticationError) as error:
            raise UserError(ENDED) from error
        if ERROR in answer:
            raise UserError(answer[ERROR].tobytes().decode())
        return answer[OUTPUT]


def missing_encoder(x: np.ndarray) -> np.ndarray:
    """Raise UserError: the encoder of a model is not known."""
    raise UserError("This model came without an encoder, so that no image can be encoded.")
