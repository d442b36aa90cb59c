"""What is private is marked so, and can be shown to everyone."""

import streamlit as st

from explorer import limits
from explorer.errors import UserError
from explorer.jobs import queue
from explorer.privacy import owner, without_key
from explorer.store.publishing import publish
from explorer.ui import cache
from explorer.ui.faults import plain_faults


def private_mark(name: str) -> None:
    """For a run or data set that is the visitor's alone."""
    if owner(name):
        st.badge("Private", icon=":material/lock:", color="gray", help="Only this browser is shown it.")


def publish_button(name: str) -> None:
    """For a private run."""
    if owner(name) and not limits.is_read_only():
        st.button("Show to everyone", key=f"publish {name}", icon=":material/lock_open:", on_click=_publish, args=(name,))


def _publish(name: str) -> None:
    with plain_faults():
        limits.check_writable()
        if (job := queue.job_of(name)) and job.alive:
            raise UserError(f"{without_key(name)} waits to be trained, or is being trained. Stop that first.")
        publish(name)
        queue.dismiss(name)
        cache.look_anew()
        st.toast(f"{without_key(name)} is everyone's now.", icon=":material/lock_open:")
