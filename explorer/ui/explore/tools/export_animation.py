"""Export → Animation: a path, a ladder's KL weight or a training, as a file that any slide shows."""

from collections.abc import Callable

from explorer.registry import ANIMATION_FORMATS, ANIMATIONS
from explorer.store.ownership import public_name
from explorer.store.replay import has_replay
from explorer.ui.components.prose import st
from explorer.ui.explore.session import ExploreSession, session_key

MIME_TYPES = {"gif": "image/gif", "webp": "image/webp", "apng": "image/apng"}
PATH_HELP = "The path between the two ends that *Interpolate* sets"


def show_animation(session: ExploreSession, download_button: Callable) -> None:
    """Draw the choice of what moves and of the format, and the button for the file."""
    run = session.run
    movements = [
        name
        for name, is_possible in zip(ANIMATIONS, (True, bool(run.spec.rungs), has_replay(run.folder)))
        if is_possible
    ]
    st.markdown("**Animation**")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        movement = st.segmented_control(
            "What moves",
            movements,
            default=movements[-1],
            format_func=ANIMATIONS.get,
            key=session_key("animation", run),
            required=True,
            help=PATH_HELP,
        )
        to = st.segmented_control(
            "Format",
            ANIMATION_FORMATS,
            default="gif",
            format_func=ANIMATION_FORMATS.get,
            key=session_key("animation format", run),
            required=True,
        )

        def build() -> bytes:
            from explorer.export.animation import animate

            ends = [session.path_end(0), session.path_end(1)]
            beta = session.beta if movement == "path" else None
            return animate(run, movement, to, ends=ends, beta=beta, label=session.label)

        download_button(
            session,
            "Animation",
            f"{public_name(run.name)}-{movement}.{to}",
            MIME_TYPES[to],
            build,
            "A map and the decoded images, five seconds, made in some seconds. *Save video* beside the map"
            " records MP4 or WebM, where the browser can.",
        )
