"""A mark for private runs and data sets, and a button that makes a private run public."""

import streamlit as st

from explorer.errors import UserError
from explorer.jobs import limits, queue
from explorer.store.ownership import owner_key, public_name
from explorer.store.publishing import publish_run
from explorer.ui import catalogue
from explorer.ui.faults import show_user_errors


def private_mark(name: str) -> None:
    """Mark a private run or data set."""
    if owner_key(name):
        st.badge(
            "Private", icon=":material/lock:", color="gray", help="Only you can see it, in this browser."
        )


def publish_button(name: str) -> None:
    """Draw a button that makes a private run public."""
    if owner_key(name) and not limits.is_read_only():
        st.button(
            "Make public", key=f"publish {name}", icon=":material/lock_open:", on_click=_publish, args=(name,)
        )


def _publish(name: str) -> None:
    with show_user_errors():
        limits.check_writable()
        if (job := queue.find_job(name)) and job.alive:
            raise UserError(
                f"The run {public_name(name)} is being trained or waits for it. Stop the training first."
            )
        publish_run(name)
        queue.dismiss(name)
        catalogue.invalidate_catalogue()
        st.toast(f"Everyone can now see {public_name(name)}.", icon=":material/lock_open:")
