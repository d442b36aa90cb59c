"""Widgets for something that a visitor saves: its name, and who may use it."""

import re
from pathlib import PurePath

import streamlit as st

from explorer.errors import UserError
from explorer.jobs.limits import check_disk, check_writable
from explorer.names import is_file_name, sanitize
from explorer.store.ownership import private_name, public_name
from explorer.ui import visitor

MAX_NAME_LENGTH = 60  # characters of a name, without the visitor's key
ACCESS_LABELS = {"me": "Only me", "all": "Everyone"}


def name_from_file(file: str) -> str:
    """Turn the name of a file into a valid name."""
    return (
        re.sub(r"[^A-Za-z0-9_.-]+", "-", public_name(PurePath(file).stem)).strip("-.")[:MAX_NAME_LENGTH]
        or "unnamed"
    )


def name_field(key: str) -> tuple[str, bool]:
    """Show two widgets, and return the name ("" if it is invalid) and whether it is private.

    The text persists in the session state: Streamlit resends only persistent values if a click interrupts the
    first rerun.
    """
    left, right = st.columns([1.4, 1], vertical_alignment="bottom")
    name = public_name(
        left.text_input(
            "Name",
            key=f"{key} name",
            max_chars=MAX_NAME_LENGTH,
            persist_state="session",
            help="Letters, digits, '_', '-' and '.'",
        ).strip()
    )
    visibility = right.segmented_control(
        "Who may use it",
        ACCESS_LABELS,
        format_func=ACCESS_LABELS.get,
        key=f"{key} who",
        default="me",
        required=True,
    )
    if not is_file_name(name):
        st.error(
            f"{sanitize(name) or 'An empty name'} is not a valid name: use letters, digits, '_', '-' and"
            " '.', and begin with a letter, a digit or '_'."
        )
        return "", False
    return name, visibility == "me"


def stored_name(name: str, is_private: bool) -> str:
    """Return the stored name: that of something private contains the visitor's key."""
    return private_name(visitor.ensure_key(), name) if is_private else name


def can_save() -> bool:
    """Return whether anything can be saved on this server; if not, show the reason."""
    try:
        check_writable()
        check_disk()
    except UserError as error:
        st.info(str(error))
        return False
    return True
