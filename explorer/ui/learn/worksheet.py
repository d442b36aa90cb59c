"""A lesson as a page of exercises to print, and its key: two buttons."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.export.worksheet.page import worksheet_file_name, worksheet_page
from explorer.export.worksheet.sheet import make_sheet
from explorer.ui.components.embed import is_local

HELP = {
    False: "One page to print, of A4 or US Letter: the figure at its present state, the question, the task"
    " and an exercise on paper, with room to write",
    True: "The key: the answer, a solution of the task with its measured values, and the note for teachers",
}


def worksheet_buttons(name: str, values: Mapping[str, Any]) -> None:
    """Draw the buttons of a lesson. values: of its figure, at which it is printed."""
    address = (st.context.url or "").rpartition("/")[0]
    address = "" if is_local(address) else address
    for is_key, label in ((False, "Worksheet"), (True, "Key")):
        st.download_button(
            label,
            lambda is_key=is_key: worksheet_page([make_sheet(name, values, is_key, address)]).encode(),
            worksheet_file_name([name], is_key),
            "text/html",
            key=f"{label} {name}",
            icon=":material/print:",
            on_click="ignore",
            help=HELP[is_key],
        )
