"""Two pages with the same canvas, on which Python says what it got and when."""

import time

import numpy as np
import streamlit as st

from explorer.ui.components.drawing import drawing


def heard(strokes: np.ndarray) -> None:
    st.session_state.update(n=st.session_state.get("n", 0) + 1, strokes=strokes, at=time.time())


def canvas():
    drawing("canvas", on_draw=heard)
    st.button("Run again")
    strokes = st.session_state.get("strokes")
    if strokes is not None:
        light = strokes.sum() / 255
        place = (
            " ".join(
                f"{strokes.sum(axis) @ np.arange(0.5, len(strokes)) / 255 / light:.2f}" for axis in (1, 0)
            )
            if light
            else "nothing"
        )
        st.text(f"heard {st.session_state.n} light {light:.1f} at {place} time {st.session_state.at:.4f}")
    for i in range(40):
        st.write(f"line {i}")


def other():
    st.text("another page")


st.navigation([st.Page(canvas, title="Canvas", default=True), st.Page(other, title="Other")]).run()
