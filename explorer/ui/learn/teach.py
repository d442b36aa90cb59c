"""The page of a lesson: a sentence, a question, a figure to move; below, the mathematics and the code."""

from collections.abc import Callable
from importlib import import_module

import streamlit as st

from explorer.figures.palette import formula_css
from explorer.live.lesson import LiveLesson
from explorer.live.source import read_source
from explorer.registry import LESSONS
from explorer.store.run import Run
from explorer.ui.components.address import Address
from explorer.ui.components.settings import settings_query
from explorer.ui.faults import show_user_errors
from explorer.ui.learn.lesson import Lesson, missing_runs_sentence, page_name
from explorer.ui.learn.link import follow_link
from explorer.ui.learn.live import show_live_lesson
from explorer.ui.pages import page_file

ShowPicture = Callable[[dict[str, Run]], None]


def teach(name: str) -> None:
    """Draw the page of a lesson, a folder of explorer/lessons."""
    module = import_module(f"explorer.lessons.{name}.lesson")
    lesson: Lesson | LiveLesson = module.LESSON
    names = list(LESSONS)
    st.caption(f"Lesson {names.index(name) + 1} of {len(names)}")
    st.title(LESSONS[name])
    if isinstance(lesson, LiveLesson):
        show_live_lesson(lesson)
    else:
        _show_lesson(lesson, module.picture)
    _link_neighbours(name)


def _show_lesson(lesson: Lesson, picture: ShowPicture) -> None:
    """Show a lesson whose figure Python computes."""
    follow_link(lesson.page, (lesson.answer, *lesson.settings))
    st.html(formula_css())
    st.markdown(lesson.intro)
    _interactive_part(lesson, picture)
    with st.expander("Mathematics"):
        # A phone may begin a new line at the space.
        st.markdown(lesson.mathematics.replace(r"\qquad", r"\quad\allowbreak\quad"))
    with st.expander("Source code"):
        for code in lesson.code:
            st.caption(f"`{code.partition(':')[0].replace('.', '/')}.py`")
            st.code(read_source(code), language="python", wrap_lines=True)


@st.fragment
def _interactive_part(lesson: Lesson, picture: ShowPicture) -> None:
    """Run again when a control changes."""
    with show_user_errors():
        _show_question(lesson)
        runs = lesson.find_runs()
        missing = [name for name in lesson.runs if name not in runs]
        if missing and not (lesson.any_run and runs):
            st.info(missing_runs_sentence(lesson.runs, missing, lesson.any_run))
        else:
            picture(runs)
        Address(lesson.page).write(settings_query((*lesson.settings, lesson.answer)))


def _show_question(lesson: Lesson) -> None:
    question, answer = lesson.question, lesson.answer
    with st.container(border=True):
        st.markdown(f"**Predict:** {question.prompt}")
        with st.container(horizontal=True):
            for i, option in enumerate(question.options, 1):
                st.button(
                    option,
                    key=f"{answer.key} {i}",
                    type="primary" if answer.get() == i else "secondary",
                    on_click=answer.set,
                    args=(i,),
                )
        if chosen := answer.get():
            right = chosen == question.right + 1
            st.markdown(
                f"**{'Correct.' if right else 'Not quite: ' + question.options[question.right] + '.'}**"
                f" {question.explanation}"
            )


def _link_neighbours(name: str) -> None:
    names = list(LESSONS)
    at = names.index(name)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for other, icon in ((at - 1, ":material/arrow_back:"), (at + 1, ":material/arrow_forward:")):
            if 0 <= other < len(names):
                label = LESSONS[names[other]]
                st.page_link(page_file(page_name(names[other])), label=label, icon=icon)
