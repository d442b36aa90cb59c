"""What the page of a lesson needs: its address, its settings, and its runs."""

from collections.abc import Sequence
from dataclasses import fields

from explorer.live.lesson import LiveLesson
from explorer.query import Scalar
from explorer.store.run import Run
from explorer.ui import catalogue
from explorer.ui.components.settings import Setting


def page_name(name: str) -> str:
    """Return the name of a lesson's page, which is also its address."""
    return f"learn_{name}"


def lesson_settings(lesson: LiveLesson) -> tuple[Setting, ...]:
    """Return the state of a lesson's figure, the answer to its question included, as settings of its page."""
    page = page_name(lesson.name)
    return tuple(
        Setting(**{f.name: getattr(field, f.name) for f in fields(Scalar)}, page=page)
        for field in (*lesson.fields, lesson.answer)
    )


def find_runs(names: Sequence[str]) -> dict[str, Run]:
    """Return the runs of these names, as far as they exist, in the order of the names."""
    runs = {run.name: run for run in catalogue.visible_runs()[0]}
    return {name: runs[name] for name in names if name in runs}


def missing_runs_sentence(names: Sequence[str], missing: Sequence[str]) -> str:
    """Return the sentence that says which runs a lesson needs, which are missing, and how to get them."""
    if len(names) == 1:
        needed = f"This lesson needs the run {names[0]}, which is missing."
    else:
        needed = f"This lesson needs the runs {', '.join(names)}. Missing: {', '.join(missing)}."
    return f"{needed} `bash trained/make.sh` trains the runs that belong to the app."
