"""A run to walk in: its latent pad, and where in it this visitor is."""

import base64
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui import cache
from explorer.ui.faults import plain_faults
from explorer.ui.latent_pad import latent_pad

FARTHEST = 1e6  # that a z may be from 0 in any dimension


@dataclass
class Place:
    """Where a visitor is in a run's latent space; kept for the session, through page switches."""

    z: list[float]
    row: int | None  # of the test image whose code z is, if one was chosen
    moves: int = 0  # by Python, of which the browser must be told
    asked: list[float] | None = None  # a z on the way, to be decoded here

    def move(self, z: np.ndarray, row: int | None) -> None:
        self.z, self.row, self.asked = z.tolist(), row, None
        self.moves += 1


@st.fragment
def latent_view(run: Run, choose_points: bool = False) -> None:
    """Reruns alone when z is let go. With choose_points there is a Plotly map below, folded, in which a click moves z too."""
    with plain_faults():
        cache.present(run)
        view, here = cache.view(run), _place(run)
        mu = view.embedding.mu

        def commit(said: dict) -> None:
            row, z = said.get("row"), _checked(said.get("z"), mu.shape[1])
            if isinstance(row, int) and 0 <= row < len(mu):
                here.move(mu[row], row)
            elif z:
                here.z, here.row, here.asked = z, None, None

        def ask(said: dict) -> None:
            here.asked = _checked(said.get("z"), mu.shape[1])

        letter = {"z": here.z, "row": here.row, "stamp": here.moves}
        if view.decoder is None:
            of = here.asked or here.z
            pixels = np.rint(cache.decode(run, np.array(of)) * 255).astype(np.uint8)
            letter |= {"of": of, "pixels": base64.b64encode(pixels.tobytes()).decode()}
        latent_pad(_key("pad", run), map=view.map, decoder=view.decoder, images=view.images, classifier=view.classifier,
                   letter=letter, on_commit=commit, on_ask=ask)
        if choose_points:
            _points(run, here)


def _place(run: Run) -> Place:
    """A run first seen starts at the code of its first test image."""
    return st.session_state.setdefault(_key("place", run), Place(cache.view(run).embedding.mu[0].tolist(), 0))


def _key(what: str, run: Run) -> str:
    return f"{what}-{run.name}-{cache.version(run)}"


def _checked(z, latent_dim: int) -> list[float] | None:
    """z as the browser says it, if it is one."""
    good = isinstance(z, list) and len(z) == latent_dim and all(isinstance(v, int | float) and abs(v) < FARTHEST for v in z)
    return [float(v) for v in z] if good else None


def _points(run: Run, here: Place) -> None:
    mu, key = cache.view(run).embedding.mu, _key("points", run)

    def pick():
        if points := st.session_state[key].selection.points:
            row = int(np.ravel(points[0]["customdata"])[0])
            here.move(mu[row], row)

    with st.expander("Choose points and read the axes", on_change="rerun", key=_key("fold", run)) as fold:
        if fold.open:
            st.caption("Click a point: the pad above moves to its code. Scroll to zoom, drag to move, double-click to see all.")
            st.plotly_chart(cache.axes_map(run), key=key, height=560, on_select=pick, selection_mode="points",
                            config={"displayModeBar": False, "scrollZoom": True}, alt=f"Map of {len(mu):,} codes, coloured by class")
