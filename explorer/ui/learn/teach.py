"""The page of a lesson: its title, its live figure with all text, and links to its neighbours."""

from collections.abc import Sequence
from importlib import import_module

import streamlit as st

from explorer import query
from explorer.export.contents import file_name, lesson_content
from explorer.live.lesson import LiveLesson
from explorer.registry import LESSONS
from explorer.ui.components.address import Address
from explorer.ui.components.embed import EmbeddedState, embed_expander
from explorer.ui.components.live_figure import live_figure
from explorer.ui.components.settings import (
    Setting,
    apply_settings,
    set_from_message,
    settings_query,
    settings_state,
)
from explorer.ui.components.web_page import web_page_button
from explorer.ui.faults import show_user_errors
from explorer.ui.learn.assignment import hand_in_link
from explorer.ui.learn.class_lead import lead_in_lecture
from explorer.ui.learn.class_room import ask_class
from explorer.ui.learn.lesson import find_runs, lesson_settings, missing_runs_sentence, page_name
from explorer.ui.learn.worksheet import worksheet_buttons
from explorer.ui.lecture import is_figure_alone, is_lecture, lecture_controls
from explorer.ui.pages import page_file


def teach(name: str) -> None:
    """Draw the page of a lesson, a folder of explorer/lessons."""
    lesson: LiveLesson = import_module(f"explorer.lessons.{name}.lesson").LESSON
    _follow_link(lesson)
    lecture_controls(page_name(name), LESSONS[name], name, lesson.minutes)
    if is_figure_alone():
        return _show_figure(lesson)
    names = list(LESSONS)
    st.caption(f"Lesson {names.index(name) + 1} of {len(names)}")
    st.title(LESSONS[name])
    _show_figure(lesson)
    hand_in_link()
    _link_neighbours(name)


@st.fragment
def _show_figure(lesson: LiveLesson) -> None:
    """Run again when the hand lets go, to write the address."""
    with show_user_errors():
        runs, settings = find_runs(lesson.runs), lesson_settings(lesson)
        if missing := [name for name in lesson.runs if name not in runs]:
            st.info(missing_runs_sentence(lesson.runs, missing))
            return
        blocks, later = lesson.split_blocks(runs)
        live_figure(
            lesson.figure,
            f"lesson {lesson.name}",
            fields=settings,
            state=settings_state(settings),
            blocks=blocks,
            later=later,
            options={"lesson": lesson.options, **lesson.constants(runs)},
            on_commit=set_from_message(settings),
        )
        Address(page_name(lesson.name)).write(settings_query(settings))
        if is_lecture():
            lead_in_lecture(lesson)
        if not is_figure_alone():
            ask_class(lesson, settings)
            _export(lesson, settings[:-1])  # without the answer


def _export(lesson: LiveLesson, settings: Sequence[Setting]) -> None:
    """Draw what takes the figure elsewhere, in the state of these settings."""
    name, query = lesson.name, settings_query(settings)
    values = settings_state(settings)["values"]
    with st.container(horizontal=True):
        web_page_button(name, [name], lambda _: lesson_content(name), values)
        worksheet_buttons(name, values)
    embed_expander(EmbeddedState(LESSONS[name], query, query, file_name(name)), name)


def _follow_link(lesson: LiveLesson) -> None:
    """Apply the query of a new address. A page that is opened again without one keeps its state."""
    address = Address(page_name(lesson.name))
    was_in_view = address.is_in_view
    parameters = address.read_new_query()
    if not parameters and (parameters is None or not was_in_view):
        return
    if problems := apply_settings(lesson_settings(lesson), parameters):
        st.warning(query.problem_sentence(problems))


def _link_neighbours(name: str) -> None:
    names = list(LESSONS)
    at = names.index(name)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for other, icon in ((at - 1, ":material/arrow_back:"), (at + 1, ":material/arrow_forward:")):
            if 0 <= other < len(names):
                label = LESSONS[names[other]]
                st.page_link(page_file(page_name(names[other])), label=label, icon=icon)
