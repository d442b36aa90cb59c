"""The main script: Streamlit runs it for each visitor, at each of their actions."""

from pathlib import Path

import streamlit as st

from explorer.registry import LESSONS
from explorer.ui import embedded, lecture, visitor
from explorer.ui.components.address import Address
from explorer.ui.components.number_fields import accept_decimal_commas
from explorer.ui.components.prose import show_data_of
from explorer.ui.faults import show_user_errors
from explorer.ui.learn.lesson import page_name
from explorer.ui.pages import page_file
from explorer.ui.session_keys import PAGE_KEY
from explorer.views.page_texts import (
    CHECK_TITLE,
    HAND_IN_TITLE,
    LESSONS_TITLE,
    PAGE_TITLES,
    REPORT_TITLE,
)

HIDDEN = {"report": REPORT_TITLE, "hand_in": HAND_IN_TITLE, "check": CHECK_TITLE}  # reached from others
st.set_page_config("Latent Space Explorer", layout="wide")
lecture.follow_lecture_link()
page = st.navigation(
    {
        "": [
            st.Page(page_file(name), title=title, default=name == "home")
            for name, title in PAGE_TITLES.items()
        ]
        + [st.Page(page_file(name), title=title, visibility="hidden") for name, title in HIDDEN.items()],
        LESSONS_TITLE: [st.Page(page_file(page_name(name)), title=title) for name, title in LESSONS.items()],
    },
    position="hidden" if embedded.is_embedded() else "top",
)
if st.session_state.get(PAGE_KEY) != page.url_path:
    st.session_state[PAGE_KEY] = page.url_path
    Address(page.url_path).forget()
st.html(Path(__file__).parent / "style.css")
if embedded.is_embedded():
    embedded.fill_frame()
show_data_of()
with show_user_errors():
    page.run()
visitor.sync_cookie()
accept_decimal_commas()
