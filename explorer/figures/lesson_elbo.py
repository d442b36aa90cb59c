"""A Gaussian q on the true posterior of one image, and the bound as a length: what it lacks of log p(x), and what it is made of."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.palette import ACCENT, GREY

BLUE, PINK, PURPLE, OLIVE = "#4b87e1", "#d25a96", "#9600b4", "#968700"  # as in the formulas
PLANE, SIDE = 3.6, 305  # of the plane that is drawn: from the middle to its edge, and in px
BLOCK = 2  # cells a side, drawn as one
FAINTEST = 1e-3  # of the highest density, drawn


def plane(axis: np.ndarray, posterior: np.ndarray, q: Sequence[float], encoder: Sequence[float], way: Sequence[Sequence[float]],
          mu: np.ndarray, y: np.ndarray) -> alt.LayerChart:
    """posterior [n, n]: density over the cells of axis [n]; q, encoder: mu₀, mu₁, log sigma₀, log sigma₁; way: of q, up to here;
    mu [m, 2], y [m]: all codes and their digits.
    """
    x, up = (alt.X("z0:Q", title="z₀", axis=alt.Axis(grid=False, tickCount=7), scale=alt.Scale(domain=[-PLANE, PLANE], nice=False)),
             alt.Y("z1:Q", title="z₁", axis=alt.Axis(grid=False, tickCount=7), scale=alt.Scale(domain=[-PLANE, PLANE], nice=False)))
    codes = pd.DataFrame({"z0": mu[:, 0], "z1": mu[:, 1], "digit": y})
    layers = [
        alt.Chart(codes).mark_text(color=GREY, fontSize=10, opacity=0.7, clip=True).encode(x=x, y=up, text="digit:N"),
        alt.Chart(_blocks(axis, posterior)).mark_rect(color=BLUE, clip=True).encode(
            x=x, x2="z0_end", y=up, y2="z1_end", opacity=alt.Opacity("share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[0, 1]))),
        _ellipses(encoder, (2,), GREY, [4, 3], x, up), _ellipses(q, (1, 2), PINK, [1, 0], x, up)]
    steps = pd.DataFrame([at[:2] for at in way], columns=["z0", "z1"]).assign(step=range(len(way)))
    layers.append(alt.Chart(steps).mark_line(color=PINK, strokeWidth=1.5, clip=True).encode(x=x, y=up, order="step:Q"))
    return alt.layer(*layers).properties(width=SIDE, height=SIDE, autosize=alt.AutoSizeParams(type="pad"))


def _blocks(axis: np.ndarray, posterior: np.ndarray) -> pd.DataFrame:
    n, step = len(axis) // BLOCK, axis[1] - axis[0]
    density = posterior.reshape(n, BLOCK, n, BLOCK).mean((1, 3))
    rows, columns = np.nonzero(density > FAINTEST * density.max())
    edges = axis[::BLOCK] - step / 2
    return pd.DataFrame({"z0": edges[rows], "z0_end": edges[rows] + BLOCK * step, "z1": edges[columns],
                         "z1_end": edges[columns] + BLOCK * step, "share": np.sqrt(density[rows, columns] / density.max())})


def _ellipses(q: Sequence[float], sizes: Sequence[int], colour: str, dash: list[int], x: alt.X, up: alt.Y) -> alt.Chart:
    turn = np.linspace(0, 2 * np.pi, 61)
    lines = pd.concat([pd.DataFrame({"z0": q[0] + size * np.exp(q[2]) * np.cos(turn), "z1": q[1] + size * np.exp(q[3]) * np.sin(turn),
                                     "size": size, "turn": turn}) for size in sizes])
    return alt.Chart(lines).mark_line(color=colour, strokeWidth=2.5, strokeDash=dash, clip=True).encode(
        x=x, y=up, detail="size:N", order="turn:Q")


def lengths(log_evidence: float, bound: float, log_likelihood: float, lowest: float) -> alt.LayerChart:
    """Nats. Above, the bound and what it lacks of log p(x); below, E_q log p(x|z) and what is paid of it. lowest: where the axis begins."""
    whole, parts = "log p(x)", "E log p(x|z)"
    names = {"bound L_b": ACCENT, "KL(q‖p(z|x))": PINK, "KL(q‖p(z))": PURPLE}
    highest = _highest(log_evidence)
    pieces = pd.DataFrame([(whole, lowest, bound, "bound L_b"), (whole, bound, log_evidence, "KL(q‖p(z|x))"),
                           (parts, lowest, bound, "bound L_b"), (parts, bound, log_likelihood, "KL(q‖p(z))")],
                          columns=["row", "from", "to", "part"])
    pieces["to"] = pieces["to"].clip(upper=highest)
    rows = alt.Y("row:N", title=None, sort=[whole, parts], axis=alt.Axis(labelLimit=120, ticks=False, domain=False))
    bars = alt.Chart(pieces).mark_bar(size=20).encode(
        x=alt.X("from:Q", title="nats", axis=alt.Axis(titlePadding=2), scale=alt.Scale(domain=[lowest, highest], nice=False)), x2="to",
        y=rows, color=alt.Color("part:N", title=None, sort=list(names), legend=alt.Legend(orient="top", labelLimit=160),
                                scale=alt.Scale(domain=list(names), range=list(names.values()))))
    still = alt.Chart(pd.DataFrame({"to": [log_evidence]})).mark_rule(color=BLUE, strokeWidth=3).encode(x="to:Q")
    end = pieces.iloc[[3]]
    return bars + still + alt.Chart(end).mark_tick(color=OLIVE, thickness=4, size=30).encode(x="to:Q", y=rows)


def ascent(bounds: Sequence[float], log_evidence: float, step: int, lowest: float) -> alt.LayerChart:
    """bounds [n + 1], nats, of each step: they rise to log p(x), which stands still; the area between is the KL."""
    table = pd.DataFrame({"step": range(len(bounds)), "bound": bounds, "log p(x)": log_evidence})
    x = alt.X("step:Q", title="step", axis=alt.Axis(tickCount=10), scale=alt.Scale(domain=[0, len(bounds) - 1], nice=False))
    y = alt.Y("bound:Q", title="nats", axis=alt.Axis(tickCount=4), scale=alt.Scale(domain=[lowest, _highest(log_evidence)], nice=False))
    gap = alt.Chart(table).mark_area(color=PINK, opacity=0.35).encode(x=x, y=y, y2="log p(x):Q")
    lines = [alt.Chart(table).mark_line(color=colour, strokeWidth=2.5).encode(x=x, y=alt.Y(f"{name}:Q", title="nats"))
             for name, colour in (("bound", ACCENT), ("log p(x)", BLUE))]
    here = alt.Chart(table.iloc[[step]]).mark_point(filled=True, size=120, color=ACCENT, stroke="#000").encode(x=x, y=y)
    return alt.layer(gap, *lines, here)


def _highest(log_evidence: float) -> float:
    return np.ceil((log_evidence + 6) / 5) * 5


def equation(whole: str, total: float, first: str, value: float, sign: str, second: str) -> str:
    """LaTeX: total = value ± the rest, in digits that add up, each over its name."""
    total, value = round(total, 2), round(value, 2)
    under = [rf"\underbrace{{{number:.2f}}}_{{{name}}}" for number, name in ((total, whole), (value, first), (abs(total - value), second))]
    return f"{under[0]} = {under[1]} {sign} {under[2]}"
