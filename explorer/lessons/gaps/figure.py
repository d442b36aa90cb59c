"""Charts of the lesson on gaps: a line between two codes on the map, and the distance to the nearest code
along it.
"""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.codes_map import code_axes, code_table, codes_as_letters
from explorer.figures.live import on_canvas, to_vega_lite
from explorer.figures.palette import ACCENT, GREY, RED, SYMBOLS
from explorer.latent.gap_map import GAP_THRESHOLD

MARKER = alt.NamedData("marker")  # filled with the present point, on the line and on the map
LINE_COLOURS = RED, ACCENT


def gap_strips(bounds: np.ndarray, shade: np.ndarray) -> pd.DataFrame:
    """Return each row's runs of cells in a gap, as x, x2, y, y2. bounds [x0, y0, x1, y1], shade [rows,
    columns] upwards.
    """
    x0, y0, x1, y1 = map(float, bounds)
    height, width = (y1 - y0) / shade.shape[0], (x1 - x0) / shade.shape[1]
    edges = np.diff(np.pad((shade > GAP_THRESHOLD).astype(np.int8), ((0, 0), (1, 1))))
    # Both are in row-major order, so that starts and ends match.
    row, first = np.nonzero(edges == 1)
    _, last = np.nonzero(edges == -1)
    return pd.DataFrame(
        {
            "x": x0 + first * width,
            "x2": x0 + last * width,
            "y": y0 + row * height,
            "y2": y0 + (row + 1) * height,
        }
    )


def line_map(
    gaps: pd.DataFrame,
    bounds: np.ndarray,
    mu: np.ndarray,
    y: np.ndarray,
    names: Sequence[str],
    ends: np.ndarray,
) -> dict:
    """Return the map of some codes mu [n, 2] of classes y [n], the gaps of gap_strips(), and the line between
    ends [2, 2]. To be filled with z0, z1: marker.
    """
    plane = code_axes(*bounds.reshape(2, 2))
    grey = (
        alt.Chart(gaps)
        .mark_rect(color=GREY, opacity=0.45, clip=True, aria=False)
        .encode(x=alt.X("x:Q", title="z₀"), x2="x2:Q", y=alt.Y("y:Q", title="z₁"), y2="y2:Q")
    )
    line_data = alt.Chart(pd.DataFrame(ends, columns=["z0", "z1"])).encode(**plane)
    marker = (
        alt.Chart(MARKER)
        .mark_point(filled=True, size=170, color=SYMBOLS["z"], stroke="#000", opacity=1)
        .encode(**plane)
    )
    line = line_data.mark_line(color="#000", strokeWidth=5) + line_data.mark_line(
        color=SYMBOLS["z"], strokeWidth=3
    )
    return to_vega_lite(
        (grey + codes_as_letters(code_table(mu, y, names), names, 9, plane) + line + marker).properties(
            height=270,
            **on_canvas("Codes by class, gaps in grey, and the present z on the line between two codes"),
        )
    )


def distance_chart(t: np.ndarray, ratios: dict[str, np.ndarray]) -> dict:
    """Return the chart over t [n] of ratios [n] by model: the distance to the nearest code divided by that to
    the K-th nearest sample; above 1 is a gap. To be filled with t: marker.
    """
    table = pd.DataFrame({"t": t} | ratios).melt("t", var_name="model", value_name="ratio")
    title = ["distance to nearest code", "÷ to fifth nearest sample"]
    axis = alt.Y(
        "ratio:Q",
        title=title,
        scale=alt.Scale(type="log", domain=[0.1, 10], clamp=True),
        axis=alt.Axis(values=[0.1, 0.3, 1, 3, 10], format="~g"),
    )
    lines = (
        alt.Chart(table)
        .mark_line()
        .encode(
            x=alt.X(
                "t:Q",
                title="t, interpolation fraction",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(tickCount=10),
            ),
            y=axis,
            color=alt.Color(
                "model:N",
                title=None,
                sort=list(ratios),
                legend=alt.Legend(orient="top"),
                scale=alt.Scale(range=LINE_COLOURS),
            ),
            strokeDash=alt.StrokeDash("model:N", sort=list(ratios), legend=None),
        )
    )
    gap = (
        alt.Chart(pd.DataFrame({"low": [1], "high": [10]}))
        .mark_rect(color=GREY, opacity=0.25)
        .encode(y="low:Q", y2="high:Q")
    )
    label = alt.Chart(pd.DataFrame({"ratio": [10], "label": ["in a gap"]})).mark_text(
        align="left", baseline="top", dx=5, dy=5, color=GREY
    )
    rule = alt.Chart(MARKER).mark_rule(color=GREY, strokeWidth=2).encode(x="t:Q")
    return to_vega_lite(
        (gap + label.encode(x=alt.value(0), y="ratio:Q", text="label:N") + lines + rule).properties(
            height=230
        )
    )
