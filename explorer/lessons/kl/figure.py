"""Charts of the KL divergence of a Gaussian from N(0, 1): curves, surface, densities. Each is built once, and
filled at each μ and s.
"""

from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import on_canvas, to_vega_lite
from explorer.figures.palette import CLASS_COLOURS, GREY, MARK, RED, SYMBOLS

MARK_STYLE = {"filled": True, "size": 140, "opacity": 1, "color": MARK, "stroke": "#000"}
# The ranges of the sliders, and a cell of the surface.
MU_RANGE, S_RANGE, CELL_SIZE = (-3, 3), (-11, 2), (0.2, 0.5)
EXP_NAME, LINE_NAME, DIFFERENCE_NAME = "exp(s)", "1 + s", "exp(s) − (1 + s)"
CURVE_COLOURS = {EXP_NAME: CLASS_COLOURS[0], LINE_NAME: RED, DIFFERENCE_NAME: SYMBOLS["rate"]}
MAX_Z, N_DENSITY_POINTS = 6, 121  # of the visible densities, either way, and points of each
HEIGHT_PX = 270  # px


@cache
def variance_term(with_difference: bool) -> dict:
    """Return the chart of exp(s) and 1 + s; with_difference: also of their difference, which is lowest at s =
    0. To be filled with s, value: marker.
    """
    s = np.linspace(*S_RANGE, 131)
    curves_by_name = {EXP_NAME: np.exp(s), LINE_NAME: 1 + s} | (
        {DIFFERENCE_NAME: np.exp(s) - 1 - s} if with_difference else {}
    )
    curves = (
        alt.Chart(pd.DataFrame({"s": s} | curves_by_name).melt("s"))
        .mark_line()
        .encode(
            x=alt.X("s:Q", title="s, log of the variance"),
            y=alt.Y("value:Q", title="2 × KL of the width, nats"),
            color=alt.Color(
                "variable:N",
                title=None,
                sort=[*curves_by_name],
                legend=alt.Legend(orient="top"),
                scale=alt.Scale(
                    domain=[*curves_by_name], range=[CURVE_COLOURS[name] for name in curves_by_name]
                ),
            ),
        )
    )
    marker = alt.Chart(alt.NamedData("marker")).mark_point(**MARK_STYLE).encode(x="s:Q", y="value:Q")
    return to_vega_lite((curves + marker).properties(height=HEIGHT_PX))


def grid() -> tuple[np.ndarray, np.ndarray]:
    """Return mu and s in the middle of each cell of the surface."""
    middles = (
        np.arange(low + cell / 2, high, cell) for (low, high), cell in zip((MU_RANGE, S_RANGE), CELL_SIZE)
    )
    return tuple(axis.ravel() for axis in np.meshgrid(*middles))


def surface(nats: np.ndarray) -> dict:
    """Return the chart of nats on the grid(), to be filled with mu, s: marker."""
    mu, s = grid()
    # Cells overlap a little, so that no seams are visible.
    half_width, half_height = (0.55 * cell for cell in CELL_SIZE)
    table = pd.DataFrame(
        {
            "left": mu - half_width,
            "right": mu + half_width,
            "low": s - half_height,
            "high": s + half_height,
            "nats": nats,
        }
    )
    x = alt.X(
        "left:Q",
        title="μ",
        scale=alt.Scale(domain=MU_RANGE, nice=False),
        axis=alt.Axis(tickCount=6, grid=False),
    )
    y = alt.Y(
        "low:Q",
        title="s, log of the variance",
        scale=alt.Scale(domain=S_RANGE, nice=False),
        axis=alt.Axis(tickCount=8, grid=False),
    )
    colour = alt.Color(
        "nats:Q", title="KL, nats", scale=alt.Scale(scheme="cividis", domain=[0, 10], clamp=True)
    )
    cells = (
        alt.Chart(table)
        .mark_rect(clip=True, aria=False)
        .encode(x=x, x2="right:Q", y=y, y2="high:Q", color=colour)
    )
    marker = alt.Chart(alt.NamedData("marker")).mark_point(**MARK_STYLE).encode(x="mu:Q", y="s:Q")
    return to_vega_lite(
        (cells + marker).properties(
            height=HEIGHT_PX, **on_canvas("KL divergence in nats with the present μ and s marked")
        )
    )


@cache
def densities() -> dict:
    """Return the chart of two densities, to be filled with densities_data()."""
    names = ["posterior", "prior N(0, 1)"]
    areas = (
        alt.Chart(alt.NamedData("densities"))
        .mark_area(opacity=0.45, line=True, clip=True)
        .encode(
            x=alt.X("z:Q", title="z", scale=alt.Scale(domain=[-MAX_Z, MAX_Z])),
            y=alt.Y("value:Q", stack=None, title="density", scale=alt.Scale(domain=[0, 2])),
            color=alt.Color(
                "variable:N",
                title=None,
                sort=None,
                legend=alt.Legend(orient="top"),
                scale=alt.Scale(domain=names, range=[SYMBOLS["z"], GREY]),
            ),
        )
    )
    marker = alt.Chart(alt.NamedData("place"))
    width = marker.mark_rule(color=SYMBOLS["sigma"], size=5, clip=True).encode(x="from:Q", x2="to:Q", y="y:Q")
    middle = marker.mark_point(filled=True, size=70, opacity=1, color=SYMBOLS["mu"]).encode(x="mu:Q", y="y:Q")
    return to_vega_lite((areas + width + middle).properties(height=HEIGHT_PX))


def densities_data(mu: float, s: float) -> dict[str, pd.DataFrame]:
    """Return the data of densities(): N(mu, exp(s)) and N(0, 1); mu, and sigma to either side of it."""
    sd, t = np.exp(s / 2), np.linspace(-MAX_Z, MAX_Z, N_DENSITY_POINTS)
    curves = [
        pd.DataFrame(
            {"z": m + w * t, "value": np.exp(-(t**2) / 2) / (w * np.sqrt(2 * np.pi)), "variable": name}
        )
        for name, m, w in (("posterior", mu, sd), ("prior N(0, 1)", 0, 1))
    ]
    return {
        "densities": pd.concat(curves),
        "place": pd.DataFrame({"from": [mu - sd], "to": [mu + sd], "mu": [mu], "y": [0.06]}),
    }
