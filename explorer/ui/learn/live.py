"""A lesson that the browser computes, as a page of the app."""

from dataclasses import fields

import streamlit as st

from explorer.live.lesson import LiveLesson
from explorer.query import Scalar
from explorer.ui.components.address import Address
from explorer.ui.components.live_figure import live_figure
from explorer.ui.components.settings import (
    Setting,
    set_from_message,
    settings_query,
    settings_state,
)
from explorer.ui.faults import show_user_errors
from explorer.ui.learn.lesson import find_runs, missing_runs_sentence, page_name
from explorer.ui.learn.link import follow_link


def lesson_settings(lesson: LiveLesson) -> tuple[Setting, ...]:
    """Return the state of a lesson's figure, the answer to its question included, as settings of its page."""
    page = page_name(lesson.name)
    return tuple(
        Setting(**{f.name: getattr(field, f.name) for f in fields(Scalar)}, page=page)
        for field in (*lesson.fields, lesson.answer)
    )


def show_live_lesson(lesson: LiveLesson) -> None:
    """Show the figure of a lesson, and its text below."""
    follow_link(page_name(lesson.name), lesson_settings(lesson))
    _show_figure(lesson)


@st.fragment
def _show_figure(lesson: LiveLesson) -> None:
    """Run again when the hand lets go, to write the address."""
    with show_user_errors():
        runs, settings = find_runs(lesson.runs), lesson_settings(lesson)
        if missing := [name for name in lesson.runs if name not in runs]:
            st.info(missing_runs_sentence(lesson.runs, missing, any_run=False))
            return
        live_figure(
            lesson.figure,
            f"lesson {lesson.name}",
            fields=settings,
            state=settings_state(settings),
            blocks=lesson.blocks(runs),
            options={"lesson": lesson.options, **lesson.constants(runs)},
            on_commit=set_from_message(settings),
        )
        Address(page_name(lesson.name)).write(settings_query(settings))
