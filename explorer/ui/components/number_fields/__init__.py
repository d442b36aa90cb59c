"""Accept a decimal comma in the number fields of every page, or refuse unclear numbers, in the browser."""

from pathlib import Path

import streamlit as st

_number_fields_component = st.components.v2.component(
    "number_fields", js=(Path(__file__).parent / "number_fields.js").read_text(encoding="utf-8")
)


def accept_decimal_commas() -> None:
    """Let the number fields of this tab accept a decimal comma, and fractions where their step is one."""
    with st.container(key="hidden-number-fields"):
        _number_fields_component(key="number fields")
