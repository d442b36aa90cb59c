"""The state of Explore for one run: z, and what the tools around the pad work on."""

from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from explorer.latent.dimensions import Dimension, rank_dimensions
from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.pad_position import PadPosition
from explorer.ui.run_view import RunView, run_version


@dataclass(frozen=True)
class PathEnd:
    """Of a path: a z, and the row of the test image whose code it is, if it is one."""

    z: tuple[float, ...]
    row: int | None = None


@dataclass
class ExploreSession:
    """Kept for the session, through page switches. The run is of the version that the visit began with."""

    run: Run
    place: PadPosition
    ends: list[PathEnd]
    # uint8 [C, H, W], images of the visitor's own: drawn, uploaded
    own: dict[str, np.ndarray] = field(default_factory=dict)
    fault: str = ""  # of the file that was uploaded last
    notes: list[str] = field(default_factory=list)  # what was decided about the image in it
    eps: np.ndarray | None = None  # [D], of the last draw from its posterior
    rows: list[int] = field(default_factory=list)  # of the test images that were selected
    selection_plot: tuple[str, tuple[int, ...]] = (
        "",
        (),
    )  # the map to select on, and what was selected when it came into view
    # log p(x) of images that were looked at, and its spread
    log_likelihoods: dict[tuple, tuple[float, float]] = field(default_factory=dict)
    tool: str = ""  # the one in view, or before *Export*
    faults: dict[str, str] = field(default_factory=dict)  # why a file could not be made, by its name

    @property
    def z(self) -> np.ndarray:
        """[D]"""
        return np.array(self.place.zs[0])

    @property
    def name(self) -> str:
        """Of the run, with a ladder's KL weight: what a saved picture is captioned with."""
        return words.run_title(self.run) + ("" if self.beta is None else f", β = {self.beta:.3g}")

    @property
    def beta(self) -> float | None:
        """The KL weight of a ladder, where it has a model; None for other runs."""
        rungs = self.run.spec.rungs
        return min(max(self.place.film_position or 1.0, rungs[0]), rungs[-1]) if rungs else None

    def go(self, z: np.ndarray, row: int | None = None) -> None:
        self.place.move([z], row)

    def codes(self) -> tuple[np.ndarray, np.ndarray | None]:
        """mu, logvar [n, D] of the test images, as they are here; logvar None for an AE."""
        return RunView(self.run).posteriors(self.beta)

    @property
    def dimensions(self) -> list[Dimension]:
        """As explorer.latent.dimensions, at this KL weight; of a ladder by the test images that are kept."""
        if self.beta is None:
            return RunView(self.run).dimensions
        return rank_dimensions(
            self.codes()[0], RunView(self.run).image_metrics(self.beta).rate.mean(0).tolist(), True
        )

    def end(self, side: int) -> np.ndarray:
        """Where a path begins (0) or ends (1): [D]; the code of an image as it is at this KL weight."""
        mu, end = self.codes()[0], self.ends[side]
        return mu[end.row] if end.row is not None and end.row < len(mu) else np.array(end.z)

    def decode(self, zs: np.ndarray) -> np.ndarray:
        """zs [n, D] -> float32 [n, C, H, W]"""
        return RunView(self.run).load(self.beta).decode(zs)

    def in_gap(self, zs: np.ndarray) -> np.ndarray:
        """zs [n, D] -> bool [n]; none where there are too few codes to tell."""
        found = RunView(self.run).gap_index(self.beta)
        return found.log2_distance_ratio(np.asarray(zs)) > 0 if found else np.zeros(len(zs), bool)


def session_key(prefix: str, run: Run) -> str:
    """Names a widget or a thing kept, of this very run."""
    return f"{prefix}-{run.name}-{run_version(run)}"


def explore_session(run: Run) -> ExploreSession:
    """A run first seen is entered at the code of its first test image."""
    if session_key("visit", run) not in st.session_state:
        st.session_state[session_key("visit", run)] = new_session(run)
    return st.session_state[session_key("visit", run)]


def new_session(run: Run) -> ExploreSession:
    """A visit that is nobody's yet."""
    e = RunView(run).embedding
    other = int(np.argmax(e.y[: len(e.images)] != e.y[0])) or min(
        1, len(e.images) - 1
    )  # the first of another class, if there is one
    return ExploreSession(
        run,
        PadPosition([e.mu[0].tolist()], 0, film_position=run.spec.beta),
        [PathEnd(tuple(e.mu[row].tolist()), row) for row in (0, other)],
    )
