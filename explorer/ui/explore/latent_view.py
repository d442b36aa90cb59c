"""The latent pad of a run."""

import streamlit as st

from explorer.store.run import Run
from explorer.ui.components.latent_pad import latent_pad
from explorer.ui.components.pad_state import pad_state
from explorer.ui.explore.session import ExploreSession, key, visit
from explorer.ui.faults import plain_faults
from explorer.ui.run_view import RunView


@st.fragment
def latent_view(run: Run) -> None:
    """Reruns alone when z is fixed."""
    with plain_faults():
        pad(visit(run))


def pad(here: ExploreSession, drawn: dict | None = None) -> None:
    """drawn: what the tool beside it shows of itself on the map (Pad.setToolOverlay in pad.js), or None."""
    run, place = here.run, here.place
    RunView(run).assert_unchanged()
    view = RunView(run)
    latent_pad(
        key("pad", run),
        sides=[(view.map_block, view.decoder_block)],
        images=view.images_block,
        classifier=RunView(run).classifier_block,
        compact=drawn is not None,
        letter=pad_state([run], place) | {"drawn": drawn or {}},
        on_commit=lambda said: place.commit(said, lambda _, beta: view.codes(beta)),
        on_ask=place.look,
    )
