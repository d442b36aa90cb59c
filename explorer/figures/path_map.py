"""A path among codes on a map; its steps are crosses where they lie in a gap."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import fill_data, on_canvas, to_vega_lite
from explorer.figures.palette import class_colour

SIDE_PX = 300  # px


def path_map(
    points: np.ndarray,
    y: np.ndarray,
    class_names: Sequence[str],
    titles: tuple[str, str],
    path: np.ndarray,
    in_gap: np.ndarray,
) -> dict:
    """Draw points [n, 2] of classes y [n] and a path [m, 2], its steps in order. in_gap: bool [m]."""
    present = np.unique(y)
    names = [class_names[label] for label in present]
    codes = pd.DataFrame({"x": points[:, 0], "y": points[:, 1], "class": [class_names[label] for label in y]})
    steps = pd.DataFrame(
        {
            "x": path[:, 0],
            "y": path[:, 1],
            "step": range(len(path)),
            "where": np.where(in_gap, "in a gap", "outside gaps"),
        }
    )
    x, up = (alt.X("x:Q", title=titles[0]), alt.Y("y:Q", title=titles[1]))
    cloud = (
        alt.Chart(alt.NamedData("codes"))
        .mark_circle(size=9, opacity=0.6, aria=False)
        .encode(
            x=x,
            y=up,
            color=alt.Color(
                "class:N",
                legend=None,
                scale=alt.Scale(domain=names, range=[class_colour(label) for label in present]),
            ),
        )
    )
    line = alt.Chart(alt.NamedData("steps"))
    wide, narrow = (
        line.mark_line(color=colour, strokeWidth=width).encode(x=x, y=up, order="step:Q")
        for colour, width in (("#000", 4), ("#fff", 2))
    )
    marks = line.mark_point(
        filled=True, size=70, stroke="#000", strokeWidth=1.5, color="#fff", opacity=1
    ).encode(
        x=x,
        y=up,
        shape=alt.Shape(
            "where:N",
            title=None,
            legend=alt.Legend(orient="top", symbolFillColor="#fff", symbolStrokeColor="#000"),
            scale=alt.Scale(domain=["outside gaps", "in a gap"], range=["circle", "cross"]),
        ),
    )
    chart = (cloud + wide + narrow + marks).properties(
        height=SIDE_PX, **on_canvas("Codes by class, and the steps of the path")
    )
    return fill_data(to_vega_lite(chart.resolve_scale(color="independent")), codes=codes, steps=steps)
