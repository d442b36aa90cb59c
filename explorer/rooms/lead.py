"""What a lecturer shows live on the phones of a class: a file that is replaced a few times a second."""

import json
import math
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from explorer.errors import UserError
from explorer.store.atomic import write_atomically

FILE = "lead.json"
MAX_HASH, MAX_PLOTS = 1_000, 50


@dataclass(frozen=True)
class Lead:
    """round: number of the question; hash: of the figure's address; pointer: the number of a plot of the
    figure, and the values x and y to which the pointer points on it, or None.
    """

    round: int
    hash: str
    pointer: list[float] | None = None

    def __post_init__(self) -> None:
        if not (len(self.hash) <= MAX_HASH and self.hash.isascii() and self.hash.isprintable()):
            raise ValueError("the hash is too long, or has other characters than an address")
        if self.pointer is not None:
            plot, *values = self.pointer
            if plot not in range(MAX_PLOTS) or len(values) != 2 or not all(map(_is_number, values)):
                raise ValueError("the pointer is not a plot and two numbers")


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def read_message(message: dict[str, Any]) -> Lead:
    """Return what a message of the lecturer's page shows. Raises UserError."""
    try:
        return Lead(int(message["round"]), str(message["hash"]), message["pointer"])
    except (KeyError, OverflowError, TypeError, ValueError):
        raise UserError("This state can't be shown on the phones. Reload the page.") from None


def write_lead(folder: Path, lead: Lead) -> None:
    """Replace what the phones of the room in this folder show. Raises UserError if the disk refuses."""
    write_atomically(folder / FILE, json.dumps(asdict(lead)).encode())


def read_lead(folder: Path) -> dict[str, Any] | None:
    """Return the fields of the Lead that was written last, or None."""
    with suppress(OSError, ValueError):
        return json.loads((folder / FILE).read_bytes())
    return None
