"""A run's latent pad with the tools beside it, one at a time."""

import streamlit as st

from explorer.ui.components.settings import TOOL
from explorer.ui.explore.address import write
from explorer.ui.explore.latent_view import pad
from explorer.ui.explore.session import ExploreSession
from explorer.ui.explore.tools import TOOLS
from explorer.ui.faults import plain_faults


@st.fragment
def explore_view(here: ExploreSession) -> None:
    """Reruns alone when z is fixed, or something is chosen in a tool."""
    TOOL.set(TOOL.get() or None)  # as the widget says that none is chosen
    chosen = st.segmented_control(
        "Tools",
        TOOLS,
        format_func=lambda name: TOOLS[name].label,
        key=TOOL.key,
        label_visibility="collapsed",
        persist_state="session",
        help="Click again to close the tool",
    )
    here.tool = here.tool if chosen == "take" else chosen or ""
    if not chosen:
        with plain_faults():
            pad(here)
        write(here)
        return
    tool = TOOLS[chosen]
    st.html(STICKY)
    beside, around = st.columns([1.15, 1], gap="medium")
    with around.container(key="tool"), plain_faults():
        st.markdown(f"**{tool.label}.** {tool.says}")
        room = st.container()
    with beside.container(key="pad-beside"), plain_faults():
        pad(here, tool.drawn(here))
    with room, plain_faults():
        tool.show(here)
    write(here)


STICKY = """<style>
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
