"""Numbers that environment variables set."""

import os
from contextlib import suppress
from typing import TypeVar

from explorer.errors import UserError

Number = TypeVar("Number", int, float)


def read_number(name: str, default: Number, low: float, high: float) -> Number:
    """Return the value of an environment variable, of the type of the default, which is that of no value.
    Raises UserError for anything else.
    """
    text = os.environ.get(name) or default
    with suppress(ValueError):
        if low <= (value := type(default)(text)) <= high:
            return value
    raise UserError(
        f"The environment variable {name} must be a number from {low:,} to {high:,}, not {text!r}."
    )
