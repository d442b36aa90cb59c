"""The plain way of showing codes: a page with one Plotly figure."""

import os
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import streamlit as st

CODES = "codes.npz"


def scatter(mu: np.ndarray, y: np.ndarray) -> go.Figure:
    """Draw mu [n, 2], coloured by class, with one WebGL trace per class, which is Plotly's fastest way."""
    return go.Figure(
        [
            go.Scattergl(x=mu[y == label, 0], y=mu[y == label, 1], mode="markers", name=str(label))
            for label in np.unique(y)
        ]
    )


if __name__ == "__main__":
    codes = np.load(Path(os.environ["EXPLORER_RUNS"]) / CODES)
    st.plotly_chart(scatter(codes["mu"], codes["y"]))
