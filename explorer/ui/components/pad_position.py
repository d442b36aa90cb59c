"""The latent code z of a pad, of one run or of two side by side, as the browser and the app set it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

FARTHEST = 1e6  # that a z may be from 0 in any dimension
Codes = list[list[float]]  # a z of each run


@dataclass
class Place:
    """Kept for the session, through page switches."""

    zs: Codes
    row: int | None  # of the test image whose code was chosen, if one was
    heard: int = 0  # the number of the browser's last message
    committed: int = 0  # the number of the last one that moved z
    looked_at: tuple[Codes, float | None] | None = (
        None  # zs and film on the way, which the server is to decode
    )
    film: float | None = None  # a place on the axis of a film, once one was chosen
    start: list[float] | None = None  # of a walk: a place on the maps, in standard deviations

    def move(self, zs: Codes, row: int | None = None) -> None:
        self.zs, self.row, self.looked_at = [[float(v) for v in z] for z in zs], row, None

    def commit(self, said: dict, codes: Callable[[int, float | None], np.ndarray]) -> None:
        """said {"n", "zs", "row", "side", "film", "start"}: the browser let z go, or chose one of the
        codes(side, film) [n, D].

        Streamlit may tell an old message again when a page comes back, and a look together with the commit
        before it.
        """
        if said["n"] <= self.committed:
            return
        film = _number(said.get("film"))
        self.film = self.film if film is None else film
        self.start = checked(said.get("start"), 2) or self.start
        row = said.get("row")
        side = said.get("side", 0)
        zs = self._checked(said.get("zs"))
        looked_at = self.looked_at
        if (
            zs
            and isinstance(row, int)
            and side in range(len(zs))
            and 0 <= row < len(mu := codes(side, self.film))
        ):
            self.move([mu[row] if i == side else z for i, z in enumerate(zs)], row)
        elif zs:
            self.move(zs)
        if said["n"] < self.heard:
            self.looked_at = looked_at
        self.committed, self.heard = said["n"], max(self.heard, said["n"])

    def look(self, said: dict) -> None:
        """said {"n", "zs", "film"}: the browser shows another z for the moment, and can't decode it."""
        if said["n"] > self.heard:
            zs = self._checked(said.get("zs"))
            self.heard, self.looked_at = said["n"], zs and (zs, _number(said.get("film")))

    def _checked(self, zs) -> Codes | None:
        """zs as the browser says them, if they are such."""
        if not isinstance(zs, list) or len(zs) != len(self.zs):
            return None
        good = [checked(z, len(own)) for z, own in zip(zs, self.zs)]
        return good if all(good) else None


def checked(z, n: int) -> list[float] | None:
    """z as it comes from outside, if it is n numbers that can be a place."""
    good = (
        isinstance(z, list)
        and len(z) == n
        and all(isinstance(v, int | float) and abs(v) < FARTHEST for v in z)
    )
    return [float(v) for v in z] if good else None


def _number(value) -> float | None:
    return value if isinstance(value, int | float) and math.isfinite(value) else None
