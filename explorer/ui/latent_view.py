"""A run to walk in: its latent pad, and a map to choose points on."""

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui import cache
from explorer.ui.faults import plain_faults
from explorer.ui.latent_pad import latent_pad
from explorer.ui.place import Place
from explorer.ui.served import letter_to


@st.fragment
def latent_view(run: Run, choose_points: bool = False) -> None:
    """Reruns alone when z is let go. With choose_points there is a Plotly map below, folded, in which a click moves z too."""
    with plain_faults():
        cache.present(run)
        view, here = cache.view(run), _place(run)
        latent_pad(_key("pad", run), sides=[(view.map, view.decoder)], images=view.images, classifier=cache.classifier(run),
                   letter=letter_to([run], here), on_commit=lambda said: here.commit(said, lambda _, beta: view.codes(beta)),
                   on_ask=here.look)
        if choose_points:
            _points(run, here)


def _place(run: Run) -> Place:
    """A run first seen starts at the code of its first test image."""
    return st.session_state.setdefault(_key("place", run), Place([cache.view(run).embedding.mu[0].tolist()], 0, film=run.spec.beta))


def _key(what: str, run: Run) -> str:
    return f"{what}-{run.name}-{cache.version(run)}"


def _points(run: Run, here: Place) -> None:
    mu, key = cache.view(run).embedding.mu, _key("points", run)

    def pick():
        if points := st.session_state[key].selection.points:
            row = int(np.ravel(points[0]["customdata"])[0])
            here.move([mu[row]], row)
            here.film = run.spec.beta  # where a ladder's codes on that map are

    with st.expander("Choose points and read the axes", on_change="rerun", key=_key("fold", run)) as fold:
        if fold.open:
            st.caption("Click a point: the pad above moves to its code. Scroll to zoom, drag to move, double-click to see all.")
            st.plotly_chart(cache.axes_map(run), key=key, height=560, on_select=pick, selection_mode="points",
                            config={"displayModeBar": False, "scrollZoom": True}, alt=f"Map of {len(mu):,} codes, coloured by class")
