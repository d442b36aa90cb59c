"""The latent code z of a pad, of one run or of two side by side, as the browser and the app set it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.live.fields import WALK_START_FIELD, pad_fields
from explorer.query import Field, Scalar

FILM_POSITION_FIELD = Scalar("film position", None, kind=float)
Codes = list[list[float]]  # a z of each run


@dataclass
class PadPosition:
    """Kept for the session, through page switches."""

    zs: Codes
    row: int | None  # of the test image whose code was chosen, if one was
    last_message: int = 0  # the number of the browser's last message
    last_commit: int = 0  # the number of the last one that moved z
    preview: tuple[Codes, float | None] | None = None  # zs and film position that the server decodes
    film_position: float | None = None  # on the axis of a film, once one was chosen
    walk_start: list[float] | None = None  # map coordinates in standard deviations

    def move(self, zs: Codes, row: int | None = None) -> None:
        self.zs, self.row, self.preview = [[float(v) for v in z] for z in zs], row, None

    def receive_commit(self, message: dict, codes_at: Callable[[int, float | None], np.ndarray]) -> None:
        """Set the position that the browser has committed: {"number", "zs", "row", "side", "film_position",
        "walk_start"}. A row is a clicked point, whose code is in codes_at(side, film_position) [n, D].

        Streamlit may deliver an old message again when a page comes back, and a preview together with the
        commit before it.
        """
        if message["number"] <= self.last_commit:
            return
        film_position = checked_or_none(FILM_POSITION_FIELD, message.get("film_position"))
        self.film_position = self.film_position if film_position is None else film_position
        self.walk_start = checked_or_none(WALK_START_FIELD, message.get("walk_start")) or self.walk_start
        row = message.get("row")
        side = message.get("side", 0)
        zs = self._parse_codes(message.get("zs"))
        preview = self.preview
        if (
            zs
            and isinstance(row, int)
            and side in range(len(zs))
            and 0 <= row < len(mu := codes_at(side, self.film_position))
        ):
            self.move([mu[row] if i == side else z for i, z in enumerate(zs)], row)
        elif zs:
            self.move(zs)
        if message["number"] < self.last_message:
            self.preview = preview
        self.last_commit, self.last_message = message["number"], max(self.last_message, message["number"])

    def receive_preview(self, message: dict) -> None:
        """Keep the zs that the browser shows and cannot decode: {"number", "zs", "film_position"}."""
        if message["number"] > self.last_message:
            zs = self._parse_codes(message.get("zs"))
            self.last_message, self.preview = (
                message["number"],
                zs and (zs, checked_or_none(FILM_POSITION_FIELD, message.get("film_position"))),
            )

    def _parse_codes(self, zs) -> Codes | None:
        """Return zs from the browser, or None if they are not a z of each run."""
        if not isinstance(zs, list) or len(zs) != len(self.zs):
            return None
        fields = pad_fields({f"z{i}": len(z) for i, z in enumerate(self.zs)})
        codes = [checked_or_none(field, z) for field, z in zip(fields, zs)]
        return codes if all(codes) else None


def checked_or_none(field: Field, value: object):
    """Return what a browser says as a value of the field, or None if it is none."""
    try:
        return field.check(value)
    except ValueError:
        return None
