"""What a live figure tells the app: each message once, and of its values those that its fields allow."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.live.fields import check_values, pad_fields

PAGE = """
import streamlit as st
from explorer.live.figure import PLOTS
from explorer.query import Scalar
from explorer.ui.components.live_figure import _receive, live_figure

messages = st.session_state.setdefault("messages", [])
fields = [Scalar("mean", 0.0, -4, 4, 0.1)]
live_figure(PLOTS, "figure", fields=fields, state={"values": {"mean": 1.0}}, options={"plots": []})
for number in st.session_state.get("numbers", []):
    st.session_state["sent"] = {"commit": {"number": number, "values": {"mean": number / 10}}}
    _receive("sent", "commit", fields, messages.append)
"""


def test_a_message_arrives_once_and_the_next_one_too():
    app = AppTest.from_string(PAGE)
    app.session_state["numbers"] = [5, 5, 4, 7]
    app.run()
    assert not app.exception
    assert app.session_state["messages"] == [
        {"number": number, "values": {"mean": number / 10}} for number in (5, 7)
    ]


@pytest.mark.parametrize(
    "z", [None, "1,2", [1], [1, 2, 3], [1, "2"], [float("nan"), 1], [1, 10**400], [1e9, 0], {}]
)
def test_what_is_no_z_is_left_out(z):
    fields = pad_fields({"z": 2}, betas=(0.1, 1.0))
    assert check_values(fields, {"z": z, "beta": 0.5, "other": 1}) == {"beta": 0.5}


@pytest.mark.parametrize("values", [None, [1], "z", 3])
def test_values_that_are_no_table_are_none(values):
    assert check_values(pad_fields({"z": 2}), values) == {}
