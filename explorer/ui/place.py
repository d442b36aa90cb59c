"""Where a visitor is in a run's latent space, by what the browser says and what the app does."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

FARTHEST = 1e6  # that a z may be from 0 in any dimension


@dataclass
class Place:
    """Kept for the session, through page switches."""

    z: list[float]
    row: int | None  # of the test image whose code z is, if one was chosen
    heard: int = 0  # the number of the browser's last message
    committed: int = 0  # the number of the last one that moved z
    looked_at: list[float] | None = None  # a z on the way, which the server is to decode
    film: float | None = None  # a place on the axis of a film, once one was chosen

    def move(self, z: np.ndarray, row: int | None = None) -> None:
        self.z, self.row, self.looked_at = [float(v) for v in z], row, None

    def commit(self, said: dict, codes: Callable[[float | None], np.ndarray]) -> None:
        """said {"n", "z", "row", "film"}: the browser let z go, or chose one of the codes [n, D] at that place of the film.

        Streamlit may tell an old message again when a page comes back, and a look together with the commit before it.
        """
        if said["n"] <= self.committed:
            return
        if isinstance(said.get("film"), int | float) and math.isfinite(said["film"]):
            self.film = said["film"]
        row, z, looked_at, mu = said.get("row"), _checked(said.get("z"), len(self.z)), self.looked_at, codes(self.film)
        if isinstance(row, int) and 0 <= row < len(mu):
            self.move(mu[row], row)
        elif z:
            self.move(z)
        if said["n"] < self.heard:
            self.looked_at = looked_at
        self.committed, self.heard = said["n"], max(self.heard, said["n"])

    def look(self, said: dict) -> None:
        """said {"n", "z"}: the browser shows another z for the moment, and can't decode it."""
        if said["n"] > self.heard:
            self.heard, self.looked_at = said["n"], _checked(said.get("z"), len(self.z))


def _checked(z, latent_dim: int) -> list[float] | None:
    """z as the browser says it, if it is one."""
    good = isinstance(z, list) and len(z) == latent_dim and all(isinstance(v, int | float) and abs(v) < FARTHEST for v in z)
    return [float(v) for v in z] if good else None
