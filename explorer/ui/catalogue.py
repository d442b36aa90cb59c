"""The runs that a visitor may see."""

import streamlit as st

from explorer.errors import UserError, unknown_name_error
from explorer.store import catalogue
from explorer.store.ownership import owner_key, public_name
from explorer.store.run import Run
from explorer.ui import visitor

SECONDS = 2  # for which the list of runs is cached


@st.cache_data(ttl=SECONDS, show_spinner=False)
def _read_catalogue() -> tuple[list[Run], list[str]]:
    return catalogue.list_runs()


def visible_runs() -> tuple[list[Run], list[str]]:
    """Return everyone's runs and the visitor's own, and a sentence for each run that is damaged."""
    runs, faults = _read_catalogue()
    visible_faults = [fault for fault in faults if visitor.can_view(fault)]
    return [run for run in runs if visitor.can_view(run.name)], visible_faults


def invalidate_catalogue() -> None:
    """Read the runs again when they are next asked for."""
    _read_catalogue.clear()


def explain_missing(name: str) -> str:
    """Return what is wrong with the run of that name, which visible_runs() does not return."""
    try:
        if not visitor.can_view(name):
            raise unknown_name_error(
                "run", name, [run.name for run in visible_runs()[0] if not owner_key(run.name)]
            )
        catalogue.find_run(name)
        return ""
    except UserError as error:
        return public_name(str(error))
