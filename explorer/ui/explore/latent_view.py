"""The latent pad of a run."""

from explorer.store.run import Run
from explorer.ui.components.latent_pad import latent_pad
from explorer.ui.components.pad_state import pad_state
from explorer.ui.components.prose import st
from explorer.ui.explore.session import ExploreSession, explore_session, session_key
from explorer.ui.faults import show_user_errors
from explorer.views.run_view import RunView


@st.fragment
def latent_view(run: Run) -> None:
    """Draw the pad of a run. Reruns alone when z is fixed."""
    with show_user_errors():
        explore_pad(explore_session(run))


def explore_pad(session: ExploreSession, overlay: dict | None = None) -> None:
    """Draw the pad. overlay: what the open tool shows on the map (Pad.setToolOverlay in pad.js), or None."""
    run, position, view = session.run, session.position, RunView(session.run)
    view.assert_unchanged()
    latent_pad(
        session_key("pad", run),
        sides=[(view.map_block, view.decoder_block)],
        images=view.images_block,
        classifier=view.classifier_block,
        betas=view.betas,
        n_classes=view.n_classes,
        compact=overlay is not None,
        state=pad_state([run], position) | {"overlay": overlay or {}},
        on_commit=session.receive_commit,
        on_decode_request=position.receive_preview,
    )
