"""A ring on the Plotly map where the present z lies.

Drawn beside the figure, not in it: Streamlit mounts a changed figure anew, and its zoom and hidden classes would be lost.
"""

from pathlib import Path

import numpy as np
import streamlit as st

_mount = st.components.v2.component("map_cursor", js=Path(__file__).with_name("map_cursor.js").read_text(), isolate_styles=False)


def map_cursor(container: str, place: np.ndarray) -> None:
    """place [2], in the coordinates of the chart in the container of that key."""
    _mount(key=f"cursor-{container}", data={"container": container, "x": float(place[0]), "y": float(place[1])}, height=0)
