"""The link to a state of a lesson."""

from collections.abc import Sequence

import streamlit as st

from explorer import query
from explorer.ui.components.address import Address
from explorer.ui.components.settings import Setting, apply_settings


def follow_link(page: str, settings: Sequence[Setting]) -> None:
    """Apply the query of a new address. A page that is opened again without one keeps its state."""
    address = Address(page)
    was_in_view = address.is_in_view
    parameters = address.read_new_query()
    if not parameters and (parameters is None or not was_in_view):
        return
    if problems := apply_settings(settings, parameters):
        st.warning(query.problem_sentence(problems))
