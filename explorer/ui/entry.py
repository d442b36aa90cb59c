"""Every visit goes through app.py.

Until st.navigation has run once, Streamlit takes a folder named pages/ for the whole app: on a fresh server,
visitors who follow a link to a page would get that file without app.py.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

PagesManager.uses_pages_directory = False
PASSED = "passed app.py"


def pass_app() -> None:
    """Said by app.py."""
    st.session_state[PASSED] = True


def require_app() -> None:
    """Asked by every page first: begins again with app.py if it was passed by."""
    if PASSED not in st.session_state:
        st.rerun()
