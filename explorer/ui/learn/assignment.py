"""Assignments: the page on which a student makes a code, and the one on which a lecturer checks codes."""

from urllib.parse import urlencode

import streamlit as st

from explorer import query
from explorer.assignments.code import MAX_ASSIGNMENT_LENGTH, read_message
from explorer.assignments.signature import find_key, sign_submission, today
from explorer.assignments.table import COUNT_COLUMNS, Row, check_codes, columns, record, summarize, to_csv
from explorer.errors import UserError
from explorer.export.hand_in import FIELDS, SIGNED_NOTE, hand_in_options
from explorer.live.figure import HAND_IN
from explorer.registry import LESSONS
from explorer.store.ownership import public_name
from explorer.ui.components.live_figure import live_figure
from explorer.ui.faults import show_user_errors
from explorer.ui.learn.lesson import page_name
from explorer.ui.pages import page_file
from explorer.views.page_texts import CHECK_TITLE, HAND_IN_INTRODUCTION, HAND_IN_TITLE

SIGNED_STATE = "signed submission"
CHECK_HELP = (
    "Paste what students have sent, also whole e-mails: codes are found in any text. Nothing is stored."
)


def hand_in_link() -> None:
    """Draw the link from a lesson to the page on which its results are handed in."""
    st.page_link(page_file("hand_in"), label=HAND_IN_TITLE, icon=":material/assignment_turned_in:")


def show_hand_in() -> None:
    """Draw the page on which a student makes a code. Its link may name the assignment and its lessons."""
    st.title(HAND_IN_TITLE)
    st.markdown(HAND_IN_INTRODUCTION)
    values, problems = query.read(FIELDS, st.query_params.to_dict())
    if problems:
        st.warning(query.problem_sentence(problems))
    _show_form(values)
    st.caption(SIGNED_NOTE)
    st.page_link(page_file("check"), label=f"For lecturers: {CHECK_TITLE}", icon=":material/fact_check:")


@st.fragment
def _show_form(values: dict) -> None:
    """Run again when a code was signed."""
    live_figure(
        HAND_IN,
        "hand in",
        fields=FIELDS,
        state={"values": values, "signed": st.session_state.get(SIGNED_STATE)},
        options=hand_in_options(list(LESSONS), page_name, can_sign=True),
        on_messages={"sign": _sign},
    )


def _sign(message: dict) -> None:
    signed = {"number": message["number"], "code": "", "problem": ""}
    try:
        signed["code"] = sign_submission(read_message(message, today()))
    except UserError as error:
        signed["problem"] = public_name(str(error))
    st.session_state[SIGNED_STATE] = signed


def show_check() -> None:
    """Draw the page on which a lecturer checks codes, and makes the link of an assignment."""
    st.title(CHECK_TITLE)
    with st.form("check codes", border=False):
        text = st.text_area("Codes", height=200, help=CHECK_HELP, placeholder="LSE1-…")
        is_checked = st.form_submit_button("Check")
    with show_user_errors():
        if text.strip() or is_checked:
            _show_table(check_codes(text, find_key()))
    st.caption(SIGNED_NOTE)
    with st.expander("Link for students"), show_user_errors():
        _show_link()


def _show_table(rows: list[Row]) -> None:
    names = columns(rows)
    st.markdown(summarize(rows))
    records = [record(row) for row in rows]
    empty = {name: None if name in COUNT_COLUMNS else "" for name in names}
    st.dataframe(
        {name: [cells.get(name, empty[name]) for cells in records] for name in names},
        hide_index=True,
        width="stretch",
    )
    st.download_button(
        "Table, CSV", lambda: to_csv(rows).encode("utf-8-sig"), "codes.csv", "text/csv", on_click="ignore"
    )


def _show_link() -> None:
    """Draw the link to Hand in with the name of an assignment and its lessons."""
    assignment = st.text_input("Assignment", max_chars=MAX_ASSIGNMENT_LENGTH)
    lessons = st.multiselect(
        "Lessons", list(LESSONS), format_func=LESSONS.__getitem__, placeholder="All lessons"
    )
    values = query.write(FIELDS, {"assignment": assignment, "lessons": ",".join(lessons)})
    address = f"{(st.context.url or '').rpartition('/')[0]}/hand_in"
    st.code(f"{address}?{urlencode(values, safe=',')}" if values else address, language=None, wrap_lines=True)
