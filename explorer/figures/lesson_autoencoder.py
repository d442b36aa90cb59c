"""Codes on a plane, one of them marked; what comes back from 1, 2, … numbers."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.palette import ACCENT, GREY, SYMBOLS, colour_of

MARK = "#ffa52d"


def axes(low: np.ndarray, high: np.ndarray) -> dict:
    """low, high [2]: what part of the plane of z is shown."""
    scales = (alt.Scale(domain=[float(a), float(b)], nice=False) for a, b in zip(low, high))
    return {"x": alt.X("z0:Q", title="z₀", scale=next(scales)), "y": alt.Y("z1:Q", title="z₁", scale=next(scales))}


def codes(mu: np.ndarray, y: np.ndarray, names: Sequence[str], size: int, at: dict) -> alt.Chart:
    """mu [n, 2], y [n] their classes: each code as the name of its class, in its colour; at: axes()."""
    table = pd.DataFrame({"z0": mu[:, 0].astype(np.float32), "z1": mu[:, 1].astype(np.float32), "class": [names[i] for i in y]})
    colours = alt.Scale(domain=list(names), range=[colour_of(i) for i in range(len(names))])
    colour = alt.Color("class:N", scale=colours, legend=None)
    return alt.Chart(table).mark_text(size=size, clip=True).encode(**at, text="class:N", color=colour)


def code_map(mu: np.ndarray, y: np.ndarray, names: Sequence[str], chosen: np.ndarray) -> alt.LayerChart:
    """mu [n, 2], y [n] their classes; chosen [2] is ringed. A few codes that lie far out are not shown."""
    low, high = np.minimum(np.percentile(mu, 1, axis=0), chosen), np.maximum(np.percentile(mu, 99, axis=0), chosen)
    at = axes(low - (high - low) / 20, high + (high - low) / 20)
    here = alt.Chart(pd.DataFrame({"z0": [chosen[0]], "z1": [chosen[1]]})).encode(**at)
    return (codes(mu, y, names, 10, at) + here.mark_point(size=300, strokeWidth=7, color="#000")
            + here.mark_point(size=300, strokeWidth=3.5, color=SYMBOLS["z"]))


def over_numbers(values: np.ndarray, k: int, title: str, level: float | None = None) -> alt.LayerChart:
    """values [K] of PCA with 1, 2, … numbers, the present k marked; level: the network's, with 2."""
    table = pd.DataFrame({"k": np.arange(1, len(values) + 1), "value": values})
    curve = alt.Chart(table).mark_line(color=ACCENT).encode(
        x=alt.X("k:Q", title="numbers kept by PCA, k", scale=alt.Scale(type="log", domain=[1, len(values)], nice=False),
                axis=alt.Axis(values=[1, 2, 4, 8, 16, 32, 64], format="d")),
        y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=False)))
    here = alt.Chart(table.iloc[[k - 1]]).encode(x="k:Q", y="value:Q")
    here = here.mark_point(filled=True, size=130, color=MARK, stroke="#000", opacity=1)
    if level is None:
        return curve + here
    network = alt.Chart(pd.DataFrame({"value": [level], "name": ["network, 2 numbers"]})).encode(y="value:Q")
    label = network.mark_text(align="right", dx=-4, dy=-8, color=GREY).encode(x=alt.value("width"), text="name:N")
    return curve + network.mark_rule(color=GREY, strokeDash=[5, 4], strokeWidth=2) + label + here
