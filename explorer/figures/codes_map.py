"""Codes on the plane of z, each drawn as the name of its class."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.palette import class_colour


def code_axes(low: np.ndarray | None = None, high: np.ndarray | None = None) -> dict:
    """Return the axes of the plane of z. low, high [2]: the visible part; without them, it is that of
    axis_frame().
    """
    domains = [alt.Undefined] * 2 if low is None else [[float(a), float(b)] for a, b in zip(low, high)]
    x, y = (alt.Scale(domain=domain, nice=False, zero=False) for domain in domains)
    return {"x": alt.X("z0:Q", title="z₀", scale=x), "y": alt.Y("z1:Q", title="z₁", scale=y)}


def codes_as_letters(
    data: pd.DataFrame | alt.NamedData, names: Sequence[str], size: int, axes: dict
) -> alt.Chart:
    """Return a chart of each code as the name of its class, in its colour. data: code_table(), or the name of
    the data to be filled with it; axes: code_axes().
    """
    colours = alt.Scale(domain=list(names), range=[class_colour(i) for i in range(len(names))])
    return (
        alt.Chart(data)
        .mark_text(size=size, clip=True, aria=False)
        .encode(**axes, text="class:N", color=alt.Color("class:N", scale=colours, legend=None))
    )


def code_table(mu: np.ndarray, y: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    """Return the table of codes mu [n, 2] with the names of their classes y [n]."""
    return pd.DataFrame(
        {"z0": mu[:, 0].astype(np.float32), "z1": mu[:, 1].astype(np.float32), "class": np.array(names)[y]}
    )
