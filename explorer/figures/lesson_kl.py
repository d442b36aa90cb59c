"""The KL divergence from a Gaussian to N(0, 1), as curve, surface and two densities."""

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.palette import ACCENT, GREY

MARK = "#ffa52d"
CURVES = {"exp(s)": "#4b87e1", "1 + s": "#b40000", "exp(s) − (1 + s)": ACCENT}


def variance_term(s: float) -> alt.LayerChart:
    """exp(s), 1 + s and their difference, which is lowest at s = 0; the present s is marked."""
    grid = np.linspace(-3, 2, 126)
    lines = pd.DataFrame({"s": grid, "exp(s)": np.exp(grid), "1 + s": 1 + grid, "exp(s) − (1 + s)": np.exp(grid) - 1 - grid}).melt("s")
    here = pd.DataFrame({"s": [min(max(s, -3), 2)], "value": [np.exp(min(max(s, -3), 2)) - 1 - min(max(s, -3), 2)]})
    curves = alt.Chart(lines).mark_line().encode(
        x=alt.X("s:Q", title="s, log of the variance"), y=alt.Y("value:Q", title=None, scale=alt.Scale(domain=[-2, 6], clamp=True)),
        color=alt.Color("variable:N", title=None, sort=list(CURVES), legend=alt.Legend(orient="top"),
                        scale=alt.Scale(domain=list(CURVES), range=list(CURVES.values()))))
    return curves + alt.Chart(here).mark_point(filled=True, size=140, color=MARK, stroke="#000").encode(x="s:Q", y="value:Q")


def surface(rates: pd.DataFrame, mu: float, s: float) -> alt.LayerChart:
    """rates: mu, s, nats on a grid; the present place is marked."""
    low = alt.Chart(rates).mark_rect().encode(
        x=alt.X("mu:Q", bin=alt.Bin(step=0.2), title="μ"), y=alt.Y("s:Q", bin=alt.Bin(step=0.2), title="s, log of the variance"),
        color=alt.Color("nats:Q", title="nats", scale=alt.Scale(scheme="cividis", domain=[0, 6], clamp=True)))
    here = alt.Chart(pd.DataFrame({"mu": [mu], "s": [s]})).mark_point(filled=True, size=140, color=MARK, stroke="#000")
    return low + here.encode(x="mu:Q", y="s:Q")


def densities(mu: float, s: float) -> alt.Chart:
    """N(mu, exp(s)) and N(0, 1)."""
    z, sd = np.linspace(-6, 6, 241), np.exp(s / 2)
    both = {name: np.exp(-(((z - m) / w) ** 2) / 2) / (w * np.sqrt(2 * np.pi))
            for name, m, w in (("posterior", mu, sd), ("prior N(0, 1)", 0, 1))}
    table = pd.DataFrame({"z": z} | both).melt("z")
    return alt.Chart(table).mark_area(opacity=0.45, line=True).encode(
        x=alt.X("z:Q", title="z"), y=alt.Y("value:Q", stack=None, title="density", scale=alt.Scale(domain=[0, 2], clamp=True)),
        color=alt.Color("variable:N", title=None, sort=None, legend=alt.Legend(orient="top"), scale=alt.Scale(range=[ACCENT, GREY])))
