"""A density as a sum of Gaussians, the network that places infinitely many of them, and how well each fits."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.palette import ACCENT, GREY

PINK, MARK = "#d25a96", "#ffa52d"
BIN = 0.125
TOP, FLOOR = 0.7, -0.07  # of a density, drawn; below 0 there is room for draws


def _across(x: np.ndarray) -> alt.X:
    return alt.X("x:Q", title="x", axis=alt.Axis(grid=False), scale=alt.Scale(domain=[float(x[0]), float(x[-1])], nice=False))


def mixture(x: np.ndarray, samples: np.ndarray, parts: np.ndarray, whole: np.ndarray, draws: np.ndarray, colour: str,
            chosen: np.ndarray | None = None, rough: np.ndarray | None = None) -> alt.LayerChart:
    """x [n], parts [n, k], whole [n]: Gaussians and a density over a histogram of samples; draws [m] from it, as ticks; chosen [n]: one
    Gaussian of them all; rough [n]: the sum of those shown, where they are not all.
    """
    across, up = _across(x), alt.Y("density:Q", title="density", scale=alt.Scale(domain=[FLOOR, TOP], nice=False, clamp=True),
                                   axis=alt.Axis(values=[0, 0.2, 0.4, 0.6]))
    edges = np.arange(x[0], x[-1] + BIN / 2, BIN)
    counts = np.histogram(samples, edges)[0] / (len(samples) * BIN)
    bars = alt.Chart(pd.DataFrame({"x": edges[:-1], "end": edges[1:], "density": counts})).mark_rect(color=GREY, opacity=0.35, clip=True)
    each = pd.DataFrame(parts, index=x).rename_axis("x").reset_index().melt("x", var_name="part", value_name="density")
    ticks = alt.Chart(pd.DataFrame({"x": draws})).mark_tick(color=colour, size=14, thickness=1, opacity=0.6, clip=True)
    layers = [bars.encode(x=across, x2="end", y=up, y2=alt.datum(0)), ticks.encode(x=across, y=alt.datum(FLOOR / 2)),
              alt.Chart(each).mark_line(color=colour, strokeWidth=1, opacity=0.7, clip=True).encode(x=across, y=up, detail="part:N")]
    for values, kind in ((chosen, "chosen"), (rough, "rough"), (whole, "whole")):
        if values is not None:
            table = alt.Chart(pd.DataFrame({"x": x, "density": values}))
            layers.append({"chosen": table.mark_area(color=MARK, opacity=0.75, clip=True),
                           "rough": table.mark_line(color=colour, strokeWidth=1.5, strokeDash=[4, 3], clip=True),
                           "whole": table.mark_line(color=colour, strokeWidth=3, clip=True)}[kind].encode(x=across, y=up))
    return alt.layer(*layers)


def network(z: np.ndarray, mean: np.ndarray, sd: np.ndarray, here: tuple[float, float, float], x: np.ndarray) -> alt.LayerChart:
    """m(z) with one and two s(z) about it, [n] each; here: z, m and s that are chosen."""
    low, high = float(x[0]), float(x[-1])
    across = alt.X("z:Q", title="z", axis=alt.Axis(grid=False), scale=alt.Scale(domain=[float(z[0]), float(z[-1])], nice=False))
    up = alt.Scale(domain=[low, high], nice=False)
    table = pd.DataFrame({"z": z, "m": mean, "low1": mean - sd, "high1": mean + sd, "low2": mean - 2 * sd, "high2": mean + 2 * sd})
    titled = {"title": "x: m(z) ± s(z), ± 2 s(z)", "scale": up, "axis": alt.Axis(grid=False)}
    bands = [alt.Chart(table).mark_area(color=ACCENT, opacity=0.22, clip=True).encode(
        x=across, y=alt.Y(f"low{n}:Q", **titled), y2=f"high{n}:Q") for n in (1, 2)]
    line = alt.Chart(table).mark_line(color=ACCENT, strokeWidth=2.5, clip=True).encode(x=across, y=alt.Y("m:Q", scale=up))
    at = alt.Chart(pd.DataFrame({"z": [here[0]], "m": [here[1]], "low": [here[1] - 2 * here[2]], "high": [here[1] + 2 * here[2]]}))
    return alt.layer(*bands, line, at.mark_rule(color=MARK, strokeWidth=4).encode(x=across, y=alt.Y("low:Q", scale=up), y2="high:Q"),
                     at.mark_point(filled=True, size=120, color=MARK, stroke="#000").encode(x=across, y=alt.Y("m:Q", scale=up)))


def scores(by_k: Sequence[float], k: int, vae: float, truth: float) -> alt.LayerChart:
    """Mean log-likelihood of held-out numbers, nats: of 1, 2, … Gaussians, of the VAE, of the true density."""
    table = pd.DataFrame({"K": range(1, len(by_k) + 1), "nats": by_k})
    x = alt.X("K:Q", title="K, number of Gaussians", axis=alt.Axis(grid=False, tickMinStep=1), scale=alt.Scale(domain=[1, len(by_k)]))
    y = alt.Y("nats:Q", title="nats, held out", axis=alt.Axis(tickCount=5), scale=alt.Scale(zero=False))
    levels = pd.DataFrame({"nats": [vae, truth], "of": ["the VAE", "the true density"], "K": [len(by_k)] * 2})
    rules = [alt.Chart(levels.iloc[[i]]).mark_rule(color=colour, strokeWidth=2, strokeDash=dash).encode(y=y)
             for i, (colour, dash) in enumerate(((ACCENT, [1, 0]), (GREY, [4, 3])))]
    words = [alt.Chart(levels.iloc[[i]]).mark_text(color=colour, align="right", dy=dy, fontSize=12).encode(x=x, y=y, text="of")
             for i, (colour, dy) in enumerate(((ACCENT, 10), (GREY, -8)))]
    line = alt.Chart(table).mark_line(color=PINK, strokeWidth=2, point={"color": PINK, "size": 30}).encode(x=x, y=y)
    here = alt.Chart(table.iloc[[k - 1]]).mark_point(filled=True, size=140, color=PINK, stroke="#000").encode(x=x, y=y)
    return alt.layer(*rules, *words, line, here)
