"""Lecture mode (`?lecture=1`): the figure of a page fills the window, in large type, with a pointer, keys and
a timer, which are the browser's.

The mode belongs to the visit, so that it stays while one goes from lesson to lesson; `lecture=1` in the
address turns it on.
"""

from pathlib import Path

import streamlit as st

from explorer.registry import LESSONS
from explorer.ui.embedded import is_embedded
from explorer.ui.learn.lesson import page_name
from explorer.ui.pages import page_file
from explorer.ui.session_keys import PAGE_KEY

PARAMETER = "lecture"
EXPLORE, COMPARE = "explore", "compare"
_MODE, _LESSON = "lecture_mode", "lesson_of_the_lecture"
_KEY = "lecture"
_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "lecture",
    css=(_FOLDER / "lecture.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "lecture.js").read_text(encoding="utf-8"),
)


def is_lecture() -> bool:
    """Return whether the page is shown in lecture mode, which other pages and frames do not have."""
    has_mode = st.session_state.get(PAGE_KEY) in (EXPLORE, COMPARE, *map(page_name, LESSONS))
    return bool(st.session_state.get(_MODE)) and has_mode and not is_embedded()


def is_figure_alone() -> bool:
    """Return whether a page shows its figure alone: in a frame, and in lecture mode."""
    return is_embedded() or is_lecture()


def follow_lecture_link() -> None:
    """Enter lecture mode if the address says so. An address without the parameter changes nothing."""
    if st.query_params.get(PARAMETER) == "1":
        st.session_state[_MODE] = True


def lecture_parameter() -> dict[str, str]:
    """Return what an address says besides the state of its page."""
    return {PARAMETER: "1"} if is_lecture() else {}


def lecture_controls(page: str, title: str, lesson: str = "", minutes: int = 0) -> None:
    """Draw the button that enters lecture mode or, in this mode, the bar above the figure. page: its name;
    lesson: its name, for the page of a lesson; minutes: that it takes, 0 for a timer that counts up.
    """
    if is_embedded():
        return
    names = list(LESSONS)
    if lesson:
        st.session_state[_LESSON] = lesson
    elif (lesson := st.session_state.get(_LESSON, "")) not in names:
        lesson = names[0]
    if is_lecture():
        st.html(_FOLDER / "page.css")
    i = names.index(lesson)
    pages = {
        "previous": page_name(names[max(i - 1, 0)]),
        "next": page_name(names[min(i + 1, len(names) - 1)]),
        "lesson": page_name(lesson),
        EXPLORE: EXPLORE,
        COMPARE: COMPARE,
    }
    with st.container(key=f"lecture-{'bar' if is_lecture() else page.split('_')[0]}"):
        result = _component(
            key=_KEY,
            data={
                "isOn": is_lecture(),
                "page": page,
                "title": title,
                "minutes": minutes,
                "pages": {name: target for name, target in pages.items() if target != page},
            },
            on_mode_change=_set_mode,
            on_page_change=lambda: None,
        )
    if result.page in pages.values():
        st.switch_page(page_file(result.page))


def _set_mode() -> None:
    """Enter or leave the mode, as the browser says."""
    st.session_state[_MODE] = st.session_state[_KEY]["mode"] == "on"
    if not is_lecture():
        st.query_params.pop(PARAMETER, None)
