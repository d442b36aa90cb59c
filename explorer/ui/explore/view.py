"""A run's latent pad with the tools beside it, one at a time."""

from explorer.ui.components.prose import st
from explorer.ui.components.settings import TOOL
from explorer.ui.explore.address import build_link, build_query, write_address
from explorer.ui.explore.latent_view import explore_pad
from explorer.ui.explore.session import ExploreSession
from explorer.ui.explore.tools import EXPORT, TOOLS
from explorer.ui.faults import show_user_errors


@st.fragment
def explore_figure(session: ExploreSession) -> None:
    """Draw the pad alone. Reruns alone when z is fixed."""
    with show_user_errors():
        explore_pad(session)
    write_address(session)


@st.fragment
def explore_view(session: ExploreSession) -> None:
    """Draw the pad and the open tool. Reruns alone when z is fixed, or a setting of the tool changes."""
    TOOL.set(TOOL.get() or None)  # None is how the widget says that no tool is open
    chosen = st.segmented_control(
        "Tools",
        TOOLS,
        format_func=lambda name: TOOLS[name].texts(session.run)[0],
        key=TOOL.key,
        label_visibility="collapsed",
        persist_state="session",
        help="Click again to close the tool",
    )
    session.last_tool = session.last_tool if chosen == EXPORT else chosen or ""
    if not chosen:
        with show_user_errors():
            explore_pad(session)
        write_address(session)
        return
    tool = TOOLS[chosen]
    st.html(STICKY_CSS)
    beside, around = st.columns([1.15, 1], gap="medium")
    with around.container(key="tool"), show_user_errors():
        label, prompt = tool.texts(session.run)
        st.markdown(f"**{label}.** {prompt}")
        room = st.container()
    with beside.container(key="pad-beside"), show_user_errors():
        explore_pad(session, tool.overlay(session))
    session.link = build_link(session, session.last_tool)
    session.pad_query = build_query(session, None)
    with room, show_user_errors():
        tool.show(session)
    write_address(session)


STICKY_CSS = """<style>
@media (min-width: 900px) {
  [data-testid="stColumn"]:has(.st-key-pad-beside) { position: sticky; top: 4rem; align-self: flex-start; }
}
@media (max-width: 900px) {
  [data-testid="stHorizontalBlock"]:has(> * .st-key-pad-beside) { flex-direction: column; }
  [data-testid="stHorizontalBlock"]:has(> * .st-key-pad-beside) > [data-testid="stColumn"] {
    width: 100%; flex: 1 1 100%; min-width: 0;
  }
}
@media (max-width: 900px) and (min-height: 600px) {
  [data-testid="stColumn"]:has(.st-key-pad-beside) {
    position: sticky; top: 3.5rem; z-index: 5; max-height: 52vh; overflow-y: auto; background: var(--page);
  }
}
</style>"""
