"""Buttons that delete a run or a data set, and restore it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.jobs import limits
from explorer.store.deletion import delete_run, is_shipped, restore_run
from explorer.store.ownership import public_name
from explorer.store.run import Run
from explorer.ui import catalogue
from explorer.ui.faults import show_user_errors
from explorer.views import words


@dataclass(frozen=True)
class Deletion:
    """How things of one kind are deleted and restored by name. Both functions raise UserError if they change
    nothing.
    """

    kind: str
    delete: Callable[[str], None]
    restore: Callable[[str], None]

    def button(self, name: str) -> None:
        if not limits.is_read_only():
            st.button(
                "Delete",
                key=f"delete {name}",
                icon=":material/delete:",
                on_click=self._apply,
                args=(self.delete, name, name),
            )

    def undo_button(self) -> None:
        """Draw a button that restores what was deleted last."""
        if name := st.session_state.get(self._last):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{words.escape_markdown(public_name(name))} was deleted.")
                st.button(
                    "Restore",
                    key=f"bring {self.kind} back",
                    on_click=self._apply,
                    args=(self.restore, name, None),
                )

    @property
    def _last(self) -> str:
        return f"the {self.kind} deleted last"

    def _apply(self, action: Callable[[str], None], name: str, deleted: str | None) -> None:
        with show_user_errors():
            limits.check_writable()
            action(name)
            st.session_state[self._last] = deleted
            catalogue.invalidate_catalogue()


RUN_DELETION = Deletion("run", delete_run, restore_run)


def delete_button(run: Run) -> None:
    """Show nothing for a run that is included in the app."""
    if not is_shipped(run.folder):
        RUN_DELETION.button(run.name)


def undo_button() -> None:
    """Draw a button that restores the run that was deleted last."""
    RUN_DELETION.undo_button()
