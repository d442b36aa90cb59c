"""The sets of images that were kept, the visitor's own and everyone's: to be trained on, deleted and brought back."""

from collections.abc import Callable

import streamlit as st

from explorer.data import own
from explorer.errors import UserError
from explorer.jobs import queue
from explorer.limits import check_writable
from explorer.privacy import owner, without_key
from explorer.ui import presets, visitor, words
from explorer.ui.faults import plain_faults

DELETED = "the images deleted last"


def image_sets() -> None:
    """The visitor's own come first."""
    _undo_button()
    names = sorted(filter(visitor.may_see, own.names()), key=lambda name: (not owner(name), without_key(name).lower()))
    if not names:
        st.caption("None yet.")
    for name in names:
        with st.container(border=True), plain_faults():
            _set(name)


def _set(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{words.as_text(without_key(name))}**" + (" :material/lock: private" if owner(name) else ""))
        st.space("stretch")
        st.button("Delete", key=f"delete images {name}", icon=":material/delete:", on_click=_do, args=(_delete, name, name))
    about = own.about(name)
    channels, side, _ = about.shape
    n_classes = len(about.class_names)
    st.caption(f"{about.n:,} images, {side}×{side} px, {'colour' if channels == 3 else 'grey'}"
               + (f", {n_classes:,} classes" if n_classes > 1 else ""))
    spec = presets.of_photographs(f"own:{name}", side, about.n)
    links = {"Train a conv VAE": spec, "Train an AE to set beside it": presets.of_photographs(f"own:{name}", side, about.n, "ae")}
    with st.container(horizontal=True):
        for label, spec in links.items():
            st.page_link("pages/train.py", label=label, icon=":material/model_training:", query_params=words.in_address(spec))


def _delete(name: str) -> None:
    if any(job.alive and job.spec.get("dataset") == f"own:{name}" for job in queue.jobs()):
        raise UserError(f"{without_key(name)} is being trained on, or waits for it. Stop that first.")
    own.delete(name)


def _undo_button() -> None:
    if name := st.session_state.get(DELETED):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{words.as_text(without_key(name))} is deleted.")
            st.button("Bring it back", key="bring images back", on_click=_do, args=(own.restore, name, None))


def _do(act: Callable[[str], None], name: str, deleted: str | None) -> None:
    with plain_faults():
        check_writable()
        act(name)
        st.session_state[DELETED] = deleted
