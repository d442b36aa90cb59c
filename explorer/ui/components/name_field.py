"""Widgets for something that a visitor saves: its name, and who may use it."""

import re
from pathlib import PurePath

import streamlit as st

from explorer.errors import UserError
from explorer.jobs.limits import check_disk, check_writable
from explorer.names import is_file_name, sanitize
from explorer.store.ownership import private_name, public_name
from explorer.ui import visitor

MOST = 60  # characters of a name, without the visitor's key
WHO = {"me": "Only me", "all": "Everyone"}


def fitting(file: str) -> str:
    """Turn the name of a file into a valid name."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", public_name(PurePath(file).stem)).strip("-.")[:MOST] or "unnamed"


def name_and_who(key: str) -> tuple[str, bool]:
    """Show two widgets, and return the name ("" if it is invalid) and whether it is private.

    The text persists in the session state: Streamlit resends only persistent values if a click interrupts the
    first rerun.
    """
    left, right = st.columns([1.4, 1], vertical_alignment="bottom")
    name = public_name(
        left.text_input(
            "Name",
            key=f"{key} name",
            max_chars=MOST,
            persist_state="session",
            help="Letters, digits, '_', '-' and '.'",
        ).strip()
    )
    who = right.segmented_control(
        "Who may use it", WHO, format_func=WHO.get, key=f"{key} who", default="me", required=True
    )
    if not is_file_name(name):
        st.error(
            f"{sanitize(name) or 'An empty name'} is not a valid name: use letters, digits, '_', '-' and"
            " '.', and begin with a letter, a digit or '_'."
        )
        return "", False
    return name, who == "me"


def kept_as(name: str, is_private: bool) -> str:
    """Return the stored name: that of something private contains the visitor's key."""
    return private_name(visitor.key(), name) if is_private else name


def may_keep() -> bool:
    """Return whether anything can be saved on this server; if not, show the reason."""
    try:
        check_writable()
        check_disk()
    except UserError as error:
        st.info(str(error))
        return False
    return True
