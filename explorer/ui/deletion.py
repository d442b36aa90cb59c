"""A run deleted from a page, and brought back."""

import streamlit as st

from explorer import limits
from explorer.privacy import without_key
from explorer.store.run import Run
from explorer.store.trash import delete, is_shipped, restore
from explorer.ui import cache
from explorer.ui.faults import plain_faults

DELETED = "the run deleted last"


def delete_button(run: Run) -> None:
    """Nothing for a run that came along with the app."""
    if not is_shipped(run.folder) and not limits.is_read_only():
        st.button("Delete", key=f"delete {run.name}", icon=":material/delete:", on_click=_do, args=(delete, run.name, run.name))


def undo_button() -> None:
    """For the run deleted last."""
    if name := st.session_state.get(DELETED):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{without_key(name)} is deleted.")
            st.button("Bring it back", on_click=_do, args=(restore, name, None))


def _do(act, name: str, deleted: str | None) -> None:
    with plain_faults():
        limits.check_writable()
        act(name)
        st.session_state[DELETED] = deleted
        cache.look_anew()
