"""The app in a frame of another page (`?embed=true`): the figure alone fills the frame."""

from pathlib import Path

import streamlit as st

from explorer.live.bundle import join_modules

_escape_component = st.components.v2.component(
    "escape",
    js=f"{join_modules('hosts/escape.js')}\nexport default releaseKeyboardOnEscape;\n",
)


def is_embedded() -> bool:
    """Return whether the address says `embed=true`."""
    return bool(st.context.is_embedded)


def fill_frame() -> None:
    """Let the page fill the frame, and Escape give the keyboard back to the page around it."""
    st.html(Path(__file__).with_name("embedded.css"))
    with st.container(key="hidden-escape"):
        _escape_component(key="escape")
