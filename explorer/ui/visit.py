"""A visitor in a run: where z is, and what the tools around the pad work on."""

from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui import cache
from explorer.ui.place import Place


@dataclass(frozen=True)
class End:
    """Of a path: a z, and the row of the test image whose code it is, if it is one."""

    z: tuple[float, ...]
    row: int | None = None


@dataclass
class Visit:
    """Kept for the session, through page switches. The run is of the version that the visit began with."""

    run: Run
    place: Place
    ends: list[End]
    own: dict[str, np.ndarray] = field(default_factory=dict)  # uint8 [C, H, W], images of the visitor's own: drawn, uploaded
    fault: str = ""  # of the file that was uploaded last
    eps: np.ndarray | None = None  # [D], of the last draw from its posterior
    rows: list[int] = field(default_factory=list)  # of the test images that were selected

    @property
    def z(self) -> np.ndarray:
        """[D]"""
        return np.array(self.place.zs[0])

    @property
    def beta(self) -> float | None:
        """The KL weight of a ladder, where it has a model; None for other runs."""
        rungs = self.run.spec.rungs
        return min(max(self.place.film or 1.0, rungs[0]), rungs[-1]) if rungs else None

    def go(self, z: np.ndarray, row: int | None = None) -> None:
        self.place.move([z], row)

    def codes(self) -> tuple[np.ndarray, np.ndarray | None]:
        """mu, logvar [n, D] of the test images, as they are here; logvar None for an AE."""
        return cache.view(self.run).posteriors(self.beta)

    def decode(self, zs: np.ndarray) -> np.ndarray:
        """zs [n, D] -> float32 [n, C, H, W]"""
        return cache.loaded(self.run, self.beta).decode(zs)

    def in_gap(self, zs: np.ndarray) -> np.ndarray:
        """zs [n, D] -> bool [n]; none where there are too few codes to tell."""
        found = cache.between(self.run, self.beta)
        return found.farther(np.asarray(zs)) > 0 if found else np.zeros(len(zs), bool)


def key(what: str, run: Run) -> str:
    """Names a widget or a thing kept, of this very run."""
    return f"{what}-{run.name}-{cache.version(run)}"


def visit(run: Run) -> Visit:
    """A run first seen is entered at the code of its first test image."""
    if key("visit", run) not in st.session_state:
        e = cache.view(run).embedding
        other = int(np.argmax(e.y[: len(e.images)] != e.y[0]))  # the first of another class
        st.session_state[key("visit", run)] = Visit(run, Place([e.mu[0].tolist()], 0, film=run.spec.beta),
                                                    [End(tuple(e.mu[row].tolist()), row) for row in (0, other)])
    return st.session_state[key("visit", run)]
