"""What a visitor gives the app to keep: its name, and who may use it."""

import re
from pathlib import PurePath

import streamlit as st

from explorer.errors import UserError
from explorer.limits import check_disk, check_writable
from explorer.names import is_file_name, shown
from explorer.privacy import private, without_key
from explorer.ui import visitor

MOST = 60  # letters of a name, which a key makes longer
WHO = {"me": "Only me", "all": "Everyone"}


def fitting(file: str) -> str:
    """A file's name, as a name that can be kept."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", without_key(PurePath(file).stem)).strip("-.")[:MOST] or "unnamed"


def name_and_who(key: str) -> tuple[str, bool]:
    """The name, "" if it can't be one, and whether it is private: two widgets.

    The first has its text in the session's state. Only of what persists is a browser told again if a click breaks off the first telling.
    """
    left, right = st.columns([1.4, 1], vertical_alignment="bottom")
    name = without_key(left.text_input("Name", key=f"{key} name", max_chars=MOST, persist_state="session",
                                       help="Letters, digits, '_', '-' and '.'").strip())
    who = right.segmented_control("Who may use it", WHO, format_func=WHO.get, key=f"{key} who", default="me", required=True)
    if not is_file_name(name):
        st.error(f"{shown(name) or 'Nothing'} can't be its name: use letters, digits, '_', '-' and '.', not '-' or '.' first.")
        return "", False
    return name, who == "me"


def kept_as(name: str, is_private: bool) -> str:
    """What is private has the visitor's key in its name."""
    return private(visitor.key(), name) if is_private else name


def may_keep() -> bool:
    """Whether anything can be kept on this server; if not, says why."""
    try:
        check_writable()
        check_disk()
    except UserError as error:
        st.info(str(error))
        return False
    return True
