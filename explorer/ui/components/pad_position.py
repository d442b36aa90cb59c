"""The latent code z of a pad, of one run or of two side by side, as the browser and the app set it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MAX_COORDINATE = 1e6  # that a z may be from 0 in any dimension
Codes = list[list[float]]  # a z of each run


@dataclass
class PadPosition:
    """Kept for the session, through page switches."""

    zs: Codes
    row: int | None  # of the test image whose code was chosen, if one was
    last_message: int = 0  # the number of the browser's last message
    last_commit: int = 0  # the number of the last one that moved z
    preview: tuple[Codes, float | None] | None = None  # zs and film on the way, which the server is to decode
    film: float | None = None  # a place on the axis of a film, once one was chosen
    start: list[float] | None = None  # of a walk: a place on the maps, in standard deviations

    def move(self, zs: Codes, row: int | None = None) -> None:
        self.zs, self.row, self.preview = [[float(v) for v in z] for z in zs], row, None

    def receive_commit(self, message: dict, codes_at: Callable[[int, float | None], np.ndarray]) -> None:
        """said {"n", "zs", "row", "side", "film", "start"}: the browser let z go, or chose one of the
        codes(side, film) [n, D].

        Streamlit may tell an old message again when a page comes back, and a look together with the commit
        before it.
        """
        if message["n"] <= self.last_commit:
            return
        film = finite_or_none(message.get("film"))
        self.film = self.film if film is None else film
        self.start = valid_code(message.get("start"), 2) or self.start
        row = message.get("row")
        side = message.get("side", 0)
        zs = self._valid_codes(message.get("zs"))
        looked_at = self.preview
        if (
            zs
            and isinstance(row, int)
            and side in range(len(zs))
            and 0 <= row < len(mu := codes_at(side, self.film))
        ):
            self.move([mu[row] if i == side else z for i, z in enumerate(zs)], row)
        elif zs:
            self.move(zs)
        if message["n"] < self.last_message:
            self.preview = looked_at
        self.last_commit, self.last_message = message["n"], max(self.last_message, message["n"])

    def look(self, message: dict) -> None:
        """said {"n", "zs", "film"}: the browser shows another z for the moment, and can't decode it."""
        if message["n"] > self.last_message:
            zs = self._valid_codes(message.get("zs"))
            self.last_message, self.preview = message["n"], zs and (zs, finite_or_none(message.get("film")))

    def _valid_codes(self, zs) -> Codes | None:
        """zs as the browser says them, if they are such."""
        if not isinstance(zs, list) or len(zs) != len(self.zs):
            return None
        good = [valid_code(z, len(own)) for z, own in zip(zs, self.zs)]
        return good if all(good) else None


def valid_code(z, n: int) -> list[float] | None:
    """z as it comes from outside, if it is n numbers that can be a place."""
    good = (
        isinstance(z, list)
        and len(z) == n
        and all(isinstance(v, int | float) and abs(v) < MAX_COORDINATE for v in z)
    )
    return [float(v) for v in z] if good else None


def finite_or_none(value) -> float | None:
    return value if isinstance(value, int | float) and math.isfinite(value) else None
