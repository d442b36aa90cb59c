"""A map of codes to select from: those that are not selected are grey."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from explorer.figures.palette import GREY, class_colour

COLOUR_SCALE = "Cividis"  # its lightness increases for all kinds of colour vision


def selection_map(
    points: np.ndarray,
    titles: tuple[str, str],
    to_scale: bool,
    colour: np.ndarray,
    colour_title: str,
    class_names: Sequence[str] | None = None,
    selected: Sequence[int] = (),
) -> go.Figure:
    """Draw points [n, 2], coloured by class (colour int [n], with class_names) or by a number (colour float
    [n], colour_title: its name and unit).

    customdata holds the row of each point; selected: rows, where an empty selection means all.
    """
    figure, points = go.Figure(), points.astype(np.float32)

    def picked(rows: np.ndarray) -> dict:
        return {"selectedpoints": np.flatnonzero(np.isin(rows, selected))} if len(selected) else {}

    style = {
        "mode": "markers",
        "unselected": {"marker": {"color": GREY, "opacity": 0.25}},
        "selected": {"marker": {"opacity": 1}},
    }
    if class_names is None:
        bar = {"title": {"text": colour_title, "side": "right"}, "thickness": 12, "outlinewidth": 0}
        low, high = np.percentile(colour, (1, 99))  # otherwise a few extremes would occupy the scale
        figure.add_scattergl(
            x=points[:, 0],
            y=points[:, 1],
            customdata=np.arange(len(points)),
            showlegend=False,
            **style,
            **picked(np.arange(len(points))),
            marker={
                "color": colour,
                "colorscale": COLOUR_SCALE,
                "colorbar": bar,
                "size": 6,
                "cmin": low,
                "cmax": high,
            },
            hovertemplate=f"{colour_title}: %{{marker.color:.3g}}<extra></extra>",
        )
    for label, name in enumerate(class_names or ()):
        if len(rows := np.flatnonzero(colour == label)):
            figure.add_scattergl(
                x=points[rows, 0],
                y=points[rows, 1],
                customdata=rows,
                name=escape(name),
                **style,
                **picked(rows),
                marker={"color": class_colour(label), "size": 6, "opacity": 0.8},
                hovertemplate="%{fullData.name}<extra></extra>",
            )
    axis = {
        "zeroline": False,
        "showgrid": False,
        "showline": True,
        "linecolor": GREY,
        "ticks": "outside",
        "tickcolor": GREY,
    }
    figure.update_layout(
        xaxis={**axis, "title": {"text": titles[0], "standoff": 6}},
        yaxis={**axis, "title": {"text": titles[1], "standoff": 6}, "scaleanchor": "x" if to_scale else None},
        legend={"orientation": "h", "yanchor": "top", "y": -0.14, "x": 0, "itemsizing": "constant"},
        height=480,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        dragmode="lasso",
        hovermode="closest",
    )
    return figure
