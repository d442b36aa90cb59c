"""Trainings that have ended: the visitor's own, and those that no browser has started, such as the command
line's.
"""

from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from explorer.jobs import queue
from explorer.store.deletion import is_shipped
from explorer.store.ownership import owner_key
from explorer.store.run import EVENTS_FILE, RECORD_FILE, Run
from explorer.ui import catalogue, visitor
from explorer.views import words

MAX_LISTED = 20


@st.cache_data(ttl=2, show_spinner=False)
def _starters() -> dict[str, str | None]:
    return queue.read_starters()


def ended_trainings() -> list[Run]:
    """Return at most MAX_LISTED runs, the visitor's own first, and the last one to end before the others."""
    starters, entries = _starters(), []
    for run in catalogue.visible_runs()[0]:
        started_here = is_own(run.name, starters)
        with suppress(OSError):  # deleted a moment ago
            if (
                (started_here or starters.get(run.name) is None)
                and not is_shipped(run.folder)
                and (run.folder / EVENTS_FILE).exists()
            ):
                entries.append((started_here, (run.folder / RECORD_FILE).stat().st_mtime, run))
    return [run for _, _, run in sorted(entries, key=lambda entry: entry[:2], reverse=True)[:MAX_LISTED]]


def last_own_name() -> list[str]:
    """Return the name of the visitor's own training that ended last, if there is one."""
    return [run.name for run in ended_trainings()[:1] if is_own(run.name, _starters())]


def is_own(name: str, starters: dict[str, str | None]) -> bool:
    """Return whether the visitor has started this training. A private run that the visitor can see is the
    visitor's own.
    """
    return visitor.owns(starters.get(name)) or visitor.owns(owner_key(name))


def _label(run: Run) -> str:
    return f"{words.settings_line(run.spec)} · {run.epochs} epochs"


def ended_selectbox(shown: set[str], show: Callable[[str], None]) -> None:
    """Draw a widget that lists the ended trainings, without those already shown, and call show with the
    chosen one.
    """
    listed = {run.name: run for run in ended_trainings() if run.name not in shown}

    def chosen() -> None:
        if name := st.session_state["ended training"]:
            st.session_state["ended training"] = None
            show(name)

    if listed:
        st.selectbox(
            "Earlier trainings",
            list(listed),
            index=None,
            key="ended training",
            on_change=chosen,
            placeholder="Choose a training to see its replay",
            format_func=lambda name: _label(listed[name]),
        )
