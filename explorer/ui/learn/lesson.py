"""The frame of a lesson: a sentence, a question, an interactive figure; in expanders the mathematics and this
project's source code.
"""

import ast
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from explorer.figures.palette import SYMBOLS, formula_style
from explorer.ui.components.settings import Setting
from explorer.ui.entry import require_app
from explorer.ui.faults import plain_faults

ROOT = Path(__file__).parents[3]
LESSONS = {  # pages, in order, with their titles
    "learn_autoencoder": "Autoencoder",
    "learn_gaps": "Gaps",
    "learn_cloud": "From a point to a distribution",
    "learn_reparameterization": "Reparameterization",
    "learn_kl": "The KL divergence",
    "learn_objectives": "Three objectives",
    "learn_kl_weight": "The KL weight",
    "learn_elbo": "The evidence lower bound",
    "learn_mixture": "The infinite mixture",
    "learn_copying": "Copying",
    "learn_features": "Codes as features",
    "learn_codebook": "Discrete codes (VQ-VAE)",
}
THERE = [name for name in LESSONS if (ROOT / "pages" / f"{name}.py").exists()]
LINK = "address of a lesson, and what it says"
PARSING = (
    threading.Lock()
)  # in two threads at once Python's parser may end with "recursion depth mismatch" (python/cpython#106905)


@dataclass(frozen=True)
class Question:
    """A question that is asked before the answer is shown. right: index of the correct option; because: the
    explanation.
    """

    asks: str
    options: tuple[str, ...]
    right: int
    because: str


@dataclass(frozen=True)
class Lesson:
    """says: what to move and what to watch, in a sentence or two; mathematics: markdown with formulas,
    symbols coloured by tex(); code: the functions shown, as "module:name" or "module:Class.method"; settings:
    the controls, whose values a link holds.
    """

    page: str
    says: str
    question: Question
    mathematics: str
    code: tuple[str, ...]
    settings: tuple[Setting, ...] = ()

    @property
    def answer(self) -> Setting:
        """The number of the chosen option, from 1; 0 before an answer."""
        return Setting("answer", 0, 0, len(self.question.options), page=self.page)


def teach(lesson: Lesson, picture: Callable[[], None]) -> None:
    """Draw the page. picture draws the figure and its controls, and runs again when one of them changes."""
    require_app()
    _follow_link(lesson)
    st.html(formula_style())
    names = list(LESSONS)
    st.caption(f"Lesson {names.index(lesson.page) + 1} of {len(names)}")
    st.title(LESSONS[lesson.page])
    st.markdown(lesson.says)
    _moving(lesson, picture)
    with st.expander("Mathematics"):
        st.markdown(
            lesson.mathematics.replace(r"\qquad", r"\quad\allowbreak\quad")
        )  # so that a phone may begin a new line there
    with st.expander("Source code"):
        for name in lesson.code:
            st.caption(f"`{name.partition(':')[0].replace('.', '/')}.py`")
            st.code(source(name), language="python", wrap_lines=True)
    _neighbours(lesson.page)


@st.fragment
def _moving(lesson: Lesson, picture: Callable[[], None]) -> None:
    with plain_faults():
        _ask(lesson)
        picture()
        told = _told(lesson)
        if told != st.session_state[LINK][1]:
            st.session_state[LINK] = told, told
            st.query_params.from_dict(told)


def _told(lesson: Lesson) -> dict[str, str]:
    """The query of a link to the present state."""
    return {s.name: str(s.get()) for s in (*lesson.settings, lesson.answer) if s.get() != s.usual}


def _ask(lesson: Lesson) -> None:
    question, answer = lesson.question, lesson.answer
    with st.container(border=True):
        st.markdown(f"**Predict:** {question.asks}")
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
                f" {question.because}"
            )


def _follow_link(lesson: Lesson) -> None:
    """Apply the query of a new address. The address stays unchanged until a control moves, so that the
    browser's Back works.
    """
    asked = st.query_params.to_dict()
    stayed = (
        f"{lesson.answer.key} 1" in st.session_state
    )  # Streamlit drops the buttons of a page that was left
    if stayed and asked == st.session_state[LINK][0]:
        return
    if not asked and not stayed:  # opened again without a link: the page keeps its state
        st.session_state[LINK] = {}, {}
        return
    wrong = []
    for setting in (lesson.answer, *lesson.settings):
        try:
            setting.set(setting.read(asked[setting.name]) if setting.name in asked else setting.usual)
        except ValueError:
            setting.set(setting.usual)
            wrong.append(f"{setting.name} can't be {asked[setting.name]!r}")
    if wrong:
        st.warning(f"Part of this link is invalid: {'; '.join(wrong)}.")
    st.session_state[LINK] = asked, _told(lesson)


def _neighbours(page: str) -> None:
    at = THERE.index(page)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for other, icon in ((at - 1, ":material/arrow_back:"), (at + 1, ":material/arrow_forward:")):
            if 0 <= other < len(THERE):
                st.page_link(f"pages/{THERE[other]}.py", label=LESSONS[THERE[other]], icon=icon)


def tex(symbol: str, latex: str) -> str:
    """A LaTeX symbol in its colour, one of SYMBOLS."""
    return rf"\textcolor{{{SYMBOLS[symbol]}}}{{{latex}}}"


@cache
def source(name: str) -> str:
    """The source of "module:name" or "module:Class.method", read from the file; nothing is imported."""
    module, _, path = name.partition(":")
    text = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    with PARSING:
        found = ast.parse(text)
    for part in path.split("."):
        found = next(node for node in found.body if getattr(node, "name", None) == part)
    lines = text.splitlines()[found.lineno - 1 : found.end_lineno]
    return "\n".join(line[found.col_offset :] for line in lines)
