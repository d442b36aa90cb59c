"""Whether networks that cannot be read as layers may run in onnxruntime (explorer.networks.onnx_function): in
commands that a user calls, and in an app whose operator allows it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from explorer.errors import UserError

VARIABLE = "EXPLORER_EXECUTE_ONNX"  # 1: the app may, too; 0: commands may not either
_is_command: ContextVar[bool] = ContextVar("is_command", default=False)


@contextmanager
def allowed_in_command(is_command: bool = True) -> Iterator[None]:
    """Allow it inside, if this is a command that a user has called."""
    token = _is_command.set(is_command)
    try:
        yield
    finally:
        _is_command.reset(token)


def is_allowed() -> bool:
    choice = os.environ.get(VARIABLE)
    return choice == "1" if choice else _is_command.get()


def check_allowed() -> None:
    """Raise UserError if it is not allowed."""
    if not is_allowed():
        raise UserError(
            "This network is an ONNX file that can only be executed, which this app does not allow: whoever"
            f" operates it can set {VARIABLE}=1."
        )
