"""Noise that becomes a code, the loss behind it, and estimates of the loss's gradient."""

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.palette import ACCENT, GREY, RED, SYMBOLS

REACH = 6.0  # of the axis of z, either way
ALIGNED = {"minExtent": 30, "maxExtent": 30}  # px: one z stands over the other
ROWS = {"drawn": ("z drawn", GREY), "score": ("score function", RED), "pathwise": ("z = μ + σ·ε", ACCENT)}
ENDS = {"bowl": (-2.0, 20.0), "ripples": (-1.6, 1.6)}  # of the axis of the loss


def moved(path: dict[str, np.ndarray], mu: float, sigma: float) -> alt.LayerChart:
    """path: eps and z [n]; each sample as a line from its eps above to its z below; mu and mu ± sigma marked."""
    table = pd.DataFrame({"eps": path["eps"], "z": path["z"], "top": 1, "bottom": 0})
    x = alt.X("eps:Q", scale=alt.Scale(domain=[-REACH, REACH], clamp=True), axis=alt.Axis(title=None, labels=False, ticks=False))
    names = alt.Axis(values=[0, 1], labelExpr="datum.value > 0.5 ? 'ε' : 'z'", title=" ", grid=False, labelFontSize=15, **ALIGNED)
    y = alt.Y("top:Q", scale=alt.Scale(domain=[-0.45, 1.2]), axis=names)
    lines = alt.Chart(table).mark_rule(color=ACCENT, opacity=0.45).encode(x=x, x2="z:Q", y=y, y2="bottom:Q")
    above = alt.Chart(table).mark_point(filled=True, size=45, color=SYMBOLS["eps"]).encode(x=x, y=y)
    below = alt.Chart(table).mark_point(filled=True, size=45, color=SYMBOLS["z"]).encode(x="z:Q", y="bottom:Q")
    place = pd.DataFrame({"from": [mu - sigma], "to": [mu + sigma], "mu": [mu], "y": [-0.25]})
    width = alt.Chart(place).mark_rule(color=SYMBOLS["sigma"], size=5).encode(x="from:Q", x2="to:Q", y="y:Q")
    middle = alt.Chart(place).mark_point(filled=True, size=110, opacity=1, color=SYMBOLS["mu"]).encode(x="mu:Q", y="y:Q")
    return lines + above + below + width + middle


def losses(curve: pd.DataFrame, path: dict[str, np.ndarray], loss: str) -> alt.LayerChart:
    """curve: z, loss; the samples on it, each with a piece of the tangent there."""
    low, high = ENDS[loss]
    table = pd.DataFrame({name: path[name] for name in ("z", "loss", "slope")}).query("loss <= @high and abs(z) <= @REACH")
    reach = 0.35 / np.hypot(1, table.slope * REACH / (high - low))  # of z: tangents of about equal length on screen
    table = table.assign(left=table.z - reach, right=table.z + reach, start=table.loss - reach * table.slope,
                         end=table.loss + reach * table.slope)
    x = alt.X("z:Q", title="z", scale=alt.Scale(domain=[-REACH, REACH]), axis=alt.Axis(tickCount=13))
    y = alt.Y("loss:Q", title="loss f(z)", scale=alt.Scale(domain=[low, high], nice=False), axis=alt.Axis(tickCount=4, **ALIGNED))
    line = alt.Chart(curve).mark_line(color=GREY, clip=True).encode(x=x, y=y)
    here = alt.Chart(table)
    tangents = here.mark_rule(color=ACCENT, size=2.5, clip=True).encode(x="left:Q", x2="right:Q", y="start:Q", y2="end:Q")
    return line + tangents + here.mark_point(filled=True, size=45, color=SYMBOLS["z"]).encode(x="z:Q", y="loss:Q")


def estimates(found: dict[str, np.ndarray], exact: float, reach: float, title: str) -> alt.LayerChart:
    """found: the estimates [batches] of each way, a dot each, with their standard deviation; the axis ends at ± reach, where those
    beyond stand.
    """
    height = np.random.default_rng(0).uniform(-0.32, 0.32, max(map(len, found.values())))  # strewn, for the eye only
    table = pd.concat([pd.DataFrame({"gradient": values, "way": ROWS[way][0], "row": i + height[: len(values)]})
                       for i, (way, values) in enumerate(found.items())])
    names, colours = zip(*(ROWS[way] for way in found))
    labels = [f"{name}   ±{values.std():.2g}" for name, values in zip(names, found.values())]
    label = " : ".join(f"datum.value == {i} ? '{name}'" for i, name in enumerate(labels)) + " : ''"
    x = alt.X("gradient:Q", title=title, scale=alt.Scale(domain=[-reach, reach], clamp=True), axis=alt.Axis(tickCount=7))
    y = alt.Y("row:Q", title=None, scale=alt.Scale(domain=[len(found) - 0.5, -0.5]),
              axis=alt.Axis(values=[*range(len(found))], labelExpr=label, grid=False, labelLimit=160, minExtent=130, maxExtent=130))
    dots = alt.Chart(table).mark_point(filled=True, size=14, opacity=0.55).encode(
        x=x, y=y, color=alt.Color("way:N", legend=None, scale=alt.Scale(domain=names, range=colours)))
    return dots + alt.Chart(pd.DataFrame({"x": [exact]})).mark_rule(color="#ffa52d", size=2).encode(x="x:Q")
