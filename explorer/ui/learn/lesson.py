"""The parts of a lesson: a sentence, a question, a figure to move, the mathematics, and the code that
computes it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from explorer.figures.palette import SYMBOLS
from explorer.store.run import Run
from explorer.ui import catalogue
from explorer.ui.components.settings import Setting


@dataclass(frozen=True)
class Question:
    """A question that is asked before the answer is shown. right: the index of the correct option."""

    prompt: str
    options: tuple[str, ...]
    right: int
    explanation: str


@dataclass(frozen=True)
class Lesson:
    """A lesson of the folder explorer/lessons/<name>.

    intro: what to move and what to watch, in a sentence or two; mathematics: as read_mathematics() returns
    it; code: the functions shown, as "module:name" or "module:Class.method"; settings: the controls, whose
    values a link holds; concepts: rows of the notes' ideas that the lesson shows; runs: the names of the runs
    that it needs; any_run: whether one of them is enough; accepts: whether a run of that name is usable.
    """

    name: str
    intro: str
    question: Question
    mathematics: str
    code: tuple[str, ...]
    settings: tuple[Setting, ...]
    concepts: tuple[int, ...]
    runs: tuple[str, ...] = ()
    any_run: bool = False
    accepts: Callable[[Run], bool] = lambda run: True

    @property
    def page(self) -> str:
        return page_name(self.name)

    @property
    def answer(self) -> Setting:
        """Return the number of the chosen option, from 1; 0 before an answer."""
        return Setting("answer", 0, 0, len(self.question.options), page=self.page)

    def find_runs(self) -> dict[str, Run]:
        """Return the runs that the lesson needs, by name, as far as they exist."""
        return {name: run for name, run in find_runs(self.runs).items() if self.accepts(run)}


def page_name(name: str) -> str:
    """Return the name of a lesson's page, which is also its address."""
    return f"learn_{name}"


def find_runs(names: Sequence[str]) -> dict[str, Run]:
    """Return the runs of these names, as far as they exist, in the order of the names."""
    runs = {run.name: run for run in catalogue.visible_runs()[0]}
    return {name: runs[name] for name in names if name in runs}


def missing_runs_sentence(names: Sequence[str], missing: Sequence[str], any_run: bool) -> str:
    """Return the sentence that says which runs a lesson needs, which are missing, and how to get them."""
    if len(names) == 1:
        needed = f"This lesson needs the run {names[0]}, which is missing."
    elif any_run:
        needed = f"This lesson needs one of the runs {', '.join(names)}, which are missing."
    else:
        needed = f"This lesson needs the runs {', '.join(names)}. Missing: {', '.join(missing)}."
    return f"{needed} `bash trained/make.sh` trains the runs that belong to the app."


def resample_button(seed: Setting) -> None:
    """Show a button that goes to the next seed, and after the last one to the first."""
    st.button(
        "Resample",
        key=f"{seed.page} resample",
        on_click=lambda: seed.set((seed.get() + 1) % int(seed.high + 1)),
    )


def tex(symbol: str, latex: str) -> str:
    """Return a LaTeX symbol in its colour, one of SYMBOLS."""
    return rf"\textcolor{{{SYMBOLS[symbol]}}}{{{latex}}}"


def read_mathematics(lesson_file: str, **symbols: str) -> str:
    """Return mathematics.md beside a lesson's file, with each @{name} replaced by that symbol's LaTeX.

    Raises KeyError for a name that is not among the symbols.
    """
    text = Path(lesson_file).with_name("mathematics.md").read_text(encoding="utf-8")
    return re.sub(r"@\{(\w+)\}", lambda match: symbols[match[1]], text)
