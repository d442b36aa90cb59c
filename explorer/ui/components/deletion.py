"""Buttons that delete a run or a data set, and restore it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.jobs import limits
from explorer.store.deletion import delete, is_shipped, restore
from explorer.store.ownership import public_name
from explorer.store.run import Run
from explorer.ui import catalogue, words
from explorer.ui.faults import plain_faults


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
                on_click=self._do,
                args=(self.delete, name, name),
            )

    def undo_button(self) -> None:
        """Restores the one that was deleted last."""
        if name := st.session_state.get(self._last):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{words.as_text(public_name(name))} was deleted.")
                st.button(
                    "Restore",
                    key=f"bring {self.kind} back",
                    on_click=self._do,
                    args=(self.restore, name, None),
                )

    @property
    def _last(self) -> str:
        return f"the {self.kind} deleted last"

    def _do(self, act: Callable[[str], None], name: str, deleted: str | None) -> None:
        with plain_faults():
            limits.check_writable()
            act(name)
            st.session_state[self._last] = deleted
            catalogue.invalidate_catalogue()


RUNS = Deletion("run", delete, restore)


def delete_button(run: Run) -> None:
    """Show nothing for a run that is included in the app."""
    if not is_shipped(run.folder):
        RUNS.button(run.name)


def undo_button() -> None:
    """Restores the run that was deleted last."""
    RUNS.undo_button()
