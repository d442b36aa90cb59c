"""The latent code z of a pad, of one run or of two side by side, as the browser and the app set it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.live.fields import AE_Z, BETA, CLASS, WALK_IMAGES, WALK_START, Z

Codes = list[list[float]]  # a z of each run


@dataclass
class PadPosition:
    """Kept for the session, through page switches."""

    zs: Codes
    row: int | None  # of the test image whose code was chosen, if one was
    last_message: int = 0  # the number of the browser's last message
    preview: dict | None = None  # the values of what the server decodes: z of each run, and the KL weight
    film_position: float | None = None  # on the axis of a film, once one was chosen
    label: int | None = None  # the class that a conditional model decodes
    walk_start: list[float] | None = None  # map coordinates in standard deviations
    walk_rows: tuple[int | None, ...] = (None, None)  # of the test images at the ends of the path

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the zs in a state (explorer.live.fields)."""
        return (AE_Z, Z)[-len(self.zs) :]

    @property
    def values(self) -> dict:
        """The position as the values of a pad's state."""
        images = {name: row for name, row in zip(WALK_IMAGES, self.walk_rows) if row is not None}
        return self.image_values(has_film=True) | {WALK_START: self.walk_start} | images

    def image_values(self, has_film: bool) -> dict:
        """Return the values that the decoded images depend on."""
        film = {BETA: self.film_position} if has_film else {}
        return dict(zip(self.names, self.zs)) | film | ({} if self.label is None else {CLASS: self.label})

    def move(self, zs: Codes, row: int | None = None) -> None:
        self.zs, self.row, self.preview = [[float(v) for v in z] for z in zs], row, None

    def receive_commit(self, message: dict, codes_at: Callable[[int, float | None], np.ndarray]) -> None:
        """Set the position that the browser has committed: {"number", "values", "row", "side"}. A row is a
        clicked point, whose code is in codes_at(side, film_position) [n, D].

        A preview may be delivered together with the commit before it.
        """
        values, row, side = message["values"], message.get("row"), message.get("side", 0)
        self.film_position = values.get(BETA, self.film_position)
        self.label = values.get(CLASS, self.label)
        self.walk_start = values.get(WALK_START, self.walk_start)
        self.walk_rows = tuple(values.get(name) for name in WALK_IMAGES)
        preview = self.preview
        if zs := self._codes(values):
            mu = codes_at(side, self.film_position) if isinstance(row, int) and side in range(len(zs)) else ()
            if isinstance(row, int) and 0 <= row < len(mu):
                self.move([mu[row] if i == side else z for i, z in enumerate(zs)], row)
            else:
                self.move(zs)
        if message["number"] < self.last_message:
            self.preview = preview
        self.last_message = max(self.last_message, message["number"])

    def receive_preview(self, message: dict) -> None:
        """Keep the values that the browser shows and cannot decode: {"number", "values"}."""
        if message["number"] > self.last_message:
            values = message["values"]
            self.last_message, self.preview = message["number"], values if self._codes(values) else None

    def _codes(self, values: dict) -> Codes | None:
        """Return the z of each run, or None if one is missing."""
        zs = [values.get(name) for name in self.names]
        return zs if all(zs) else None
