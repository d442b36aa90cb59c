"""Named bars of values, with their intervals."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.palette import ACCENT, GREY


def bars(
    values: np.ndarray,
    names: Sequence[str],
    title: str,
    format: str = ".2f",
    half_widths: np.ndarray | None = None,
) -> go.Figure:
    """Draw a named bar for each of the values [D]. title: that of the axis, with its unit; half_widths [D]:
    of their 95% intervals.
    """
    interval = "" if half_widths is None else f" ± %{{error_y.array:{format}}}"
    figure = go.Figure(
        go.Bar(
            x=list(names),
            y=values,
            marker={"color": ACCENT},
            error_y=None if half_widths is None else {"array": half_widths, "color": GREY},
            hovertemplate=f"%{{x}}: %{{y:{format}}}{interval}<extra></extra>",
        )
    )
    return _apply_layout(figure, title, format)


def _apply_layout(figure: go.Figure, title: str, format: str = ".2f") -> go.Figure:
    axis = {"showline": True, "linecolor": GREY, "zeroline": False, "gridcolor": "rgba(138,143,152,.2)"}
    return figure.update_layout(
        height=190,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        dragmode=False,
        bargap=0.3,
        xaxis=axis | {"type": "category"},
        yaxis=axis | {"title": {"text": title, "standoff": 6}, "tickformat": format.replace(".2f", "~g")},
    )
