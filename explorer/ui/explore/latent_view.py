"""The latent pad of a run."""

import streamlit as st

from explorer.store.run import Run
from explorer.ui.components.latent_pad import latent_pad
from explorer.ui.components.pad_state import pad_state
from explorer.ui.explore.session import ExploreSession, explore_session, session_key
from explorer.ui.faults import show_user_errors
from explorer.ui.run_view import RunView


@st.fragment
def latent_view(run: Run) -> None:
    """Reruns alone when z is fixed."""
    with show_user_errors():
        explore_pad(explore_session(run))


def explore_pad(session: ExploreSession, overlay: dict | None = None) -> None:
    """overlay: what the tool beside it shows of itself on the map (Pad.setToolOverlay in pad.js), or None."""
    run, place = session.run, session.position
    RunView(run).assert_unchanged()
    view = RunView(run)
    latent_pad(
        session_key("pad", run),
        sides=[(view.map_block, view.decoder_block)],
        images=view.images_block,
        classifier=RunView(run).classifier_block,
        betas=view.betas,
        compact=overlay is not None,
        state=pad_state([run], place) | {"overlay": overlay or {}},
        on_commit=lambda said: place.receive_commit(said, lambda _, beta: view.codes(beta)),
        on_decode_request=place.receive_preview,
    )
