"""A bar for each latent dimension: its rate, or its variance."""

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


def rate_bars(
    names: Sequence[str],
    rates: np.ndarray,
    half_widths: np.ndarray,
    is_active: np.ndarray,
    top: float,
    unit: str = "nats per image",
) -> go.Figure:
    """Draw the rate of each named dimension [D], nats, with its interval; inactive ones are grey. top: the
    end of the axis, the same at every KL weight; unit: of the rates.
    """
    figure = go.Figure()
    for label, chosen, colour in (("active", is_active, ACCENT), ("inactive", ~is_active, GREY)):
        if chosen.any():
            figure.add_bar(
                x=[name for name, is_chosen in zip(names, chosen) if is_chosen],
                y=rates[chosen],
                error_y={"array": half_widths[chosen], "thickness": 1.5, "width": 3, "color": GREY},
                marker={"color": colour},
                name=label,
                hovertemplate="%{x}: %{y:.2f} ± %{error_y.array:.2f} nats<extra></extra>",
            )
    figure = _apply_layout(figure, f"rate, {unit}")
    return figure.update_layout(
        height=300,
        barmode="overlay",
        showlegend=True,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0, "font": {"size": 12}},
        xaxis={"categoryorder": "array", "categoryarray": list(names)},
        yaxis={"range": [0, top]},
    )


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
