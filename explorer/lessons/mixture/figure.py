"""Draw a density as a sum of Gaussians, the network that gives infinitely many of them, and the test
log-likelihoods. Each chart is built once; its data are filled in.
"""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import to_vega_lite
from explorer.figures.palette import ACCENT, GREY, MARK

MIXTURE_COLOUR = "#d25a96"
BIN_WIDTH = 0.125  # of the histogram, in units of x
HEIGHT_PX = 260  # px
MAX_DENSITY, MIN_DENSITY = 0.7, -0.07  # of the axis; the samples are below 0


def _x_axis(x: np.ndarray) -> alt.X:
    return alt.X(
        "x:Q",
        title="x",
        axis=alt.Axis(grid=False),
        scale=alt.Scale(domain=[float(x[0]), float(x[-1])], nice=False),
    )


def mixture_chart(x: np.ndarray, samples: np.ndarray, colour: str) -> dict:
    """Return the chart of densities at x [n] over a histogram of samples. To be filled with
    mixture_data().
    """
    x_axis = _x_axis(x)
    y_axis = alt.Y(
        "density:Q",
        title="density",
        scale=alt.Scale(domain=[MIN_DENSITY, MAX_DENSITY], nice=False, clamp=True),
        axis=alt.Axis(values=[0, 0.2, 0.4, 0.6]),
    )
    edges = np.arange(x[0], x[-1] + BIN_WIDTH / 2, BIN_WIDTH)
    counts = np.histogram(samples, edges)[0] / (len(samples) * BIN_WIDTH)
    table = pd.DataFrame({"x": edges[:-1], "end": edges[1:], "density": counts})
    bars = alt.Chart(table).mark_rect(color=GREY, opacity=0.35, clip=True, aria=False)
    parts, samples_drawn, selected, partial_sum, total = (
        alt.Chart(alt.NamedData(name)) for name in ("parts", "draws", "chosen", "rough", "whole")
    )
    curves = (
        parts.mark_line(color=colour, strokeWidth=1, opacity=0.7, clip=True).encode(detail="part:N"),
        selected.mark_area(color=MARK, opacity=0.75, clip=True),
        partial_sum.mark_line(color=colour, strokeWidth=1.5, strokeDash=[4, 3], clip=True),
        total.mark_line(color=colour, strokeWidth=3, clip=True),
    )
    return to_vega_lite(
        alt.layer(
            bars.encode(x=x_axis, x2="end", y=y_axis, y2=alt.datum(0)),
            samples_drawn.mark_tick(
                color=colour, size=14, thickness=1, opacity=0.6, clip=True, aria=False
            ).encode(x=x_axis, y=alt.datum(MIN_DENSITY / 2)),
            *(curve.encode(x=x_axis, y=y_axis) for curve in curves),
        ).properties(height=HEIGHT_PX)
    )


def mixture_data(
    x: np.ndarray,
    parts: np.ndarray,
    total: np.ndarray,
    samples: np.ndarray,
    selected: np.ndarray | None = None,
    partial_sum: np.ndarray | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the data of mixture_chart(): x [n], parts [n, k], total [n]: Gaussians and their density;
    samples [m] from it, as ticks; selected [n]: one Gaussian of them all; partial_sum [n]: the sum of those
    shown, where they are not all.
    """
    long_parts = (
        pd.DataFrame(parts, index=x)
        .rename_axis("x")
        .reset_index()
        .melt("x", var_name="part", value_name="density")
    )
    curves = {
        name: (
            pd.DataFrame({"x": x, "density": values})
            if values is not None
            else pd.DataFrame({"x": [], "density": []})
        )
        for name, values in (("chosen", selected), ("rough", partial_sum), ("whole", total))
    }
    return {"parts": long_parts, "draws": pd.DataFrame({"x": samples})} | curves


def network_chart(z: np.ndarray, mean: np.ndarray, sd: np.ndarray, x: np.ndarray) -> dict:
    """Return the chart of m(z), ± s(z) and ± 2 s(z), [n] each. To be filled with network_data()."""
    low, high = float(x[0]), float(x[-1])
    x_axis = alt.X(
        "z:Q",
        title="z",
        axis=alt.Axis(grid=False),
        scale=alt.Scale(domain=[float(z[0]), float(z[-1])], nice=False),
    )
    y_scale = alt.Scale(domain=[low, high], nice=False)
    table = pd.DataFrame(
        {
            "z": z,
            "m": mean,
            "low1": mean - sd,
            "high1": mean + sd,
            "low2": mean - 2 * sd,
            "high2": mean + 2 * sd,
        }
    )
    y_options = {"title": "x: m(z) ± s(z), ± 2 s(z)", "scale": y_scale, "axis": alt.Axis(grid=False)}
    bands = [
        alt.Chart(table)
        .mark_area(color=ACCENT, opacity=0.22, clip=True)
        .encode(x=x_axis, y=alt.Y(f"low{n}:Q", **y_options), y2=f"high{n}:Q")
        for n in (1, 2)
    ]
    line = (
        alt.Chart(table)
        .mark_line(color=ACCENT, strokeWidth=2.5, clip=True)
        .encode(x=x_axis, y=alt.Y("m:Q", scale=y_scale))
    )
    marker = alt.Chart(alt.NamedData("at"))
    return to_vega_lite(
        alt.layer(
            *bands,
            line,
            marker.mark_rule(color=MARK, strokeWidth=4).encode(
                x=x_axis, y=alt.Y("low:Q", scale=y_scale), y2="high:Q"
            ),
            marker.mark_point(filled=True, size=120, color=MARK, stroke="#000").encode(
                x=x_axis, y=alt.Y("m:Q", scale=y_scale)
            ),
        ).properties(height=HEIGHT_PX)
    )


def network_data(z: float, mean: float, sd: float) -> dict[str, pd.DataFrame]:
    """Return the data of network_chart(): the Gaussian at one z."""
    return {"at": pd.DataFrame({"z": [z], "m": [mean], "low": [mean - 2 * sd], "high": [mean + 2 * sd]})}


def score_chart(by_k: Sequence[float], vae: float, truth: float) -> dict:
    """Return the chart of the mean log-likelihood of test numbers, nats: of 1, 2, … Gaussians, of the VAE, of
    the true density. To be filled with score_data().
    """
    table = pd.DataFrame({"K": range(1, len(by_k) + 1), "nats": by_k})
    x = alt.X(
        "K:Q",
        title="K, number of Gaussians",
        axis=alt.Axis(grid=False, tickMinStep=1),
        scale=alt.Scale(domain=[1, len(by_k)]),
    )
    y = alt.Y("nats:Q", title="nats, test", axis=alt.Axis(tickCount=5), scale=alt.Scale(zero=False))
    levels = pd.DataFrame({"nats": [vae, truth], "of": ["VAE", "true density"], "K": [len(by_k)] * 2})
    rules = [
        alt.Chart(levels.iloc[[i]]).mark_rule(color=colour, strokeWidth=2, strokeDash=dash).encode(y=y)
        for i, (colour, dash) in enumerate(((ACCENT, [1, 0]), (GREY, [4, 3])))
    ]
    words = [
        alt.Chart(levels.iloc[[i]])
        .mark_text(color=colour, align="right", dy=dy, fontSize=12)
        .encode(x=x, y=y, text="of")
        for i, (colour, dy) in enumerate(((ACCENT, 10), (GREY, -8)))
    ]
    line = (
        alt.Chart(table)
        .mark_line(color=MIXTURE_COLOUR, strokeWidth=2, point={"color": MIXTURE_COLOUR, "size": 30})
        .encode(x=x, y=y)
    )
    marker = (
        alt.Chart(alt.NamedData("marker"))
        .mark_point(filled=True, size=140, color=MIXTURE_COLOUR, stroke="#000")
        .encode(x=x, y=y)
    )
    return to_vega_lite(alt.layer(*rules, *words, line, marker).properties(height=160))


def score_data(by_k: Sequence[float], k: int) -> dict[str, pd.DataFrame]:
    """Return the data of score_chart(): the marked k."""
    return {"marker": pd.DataFrame({"K": [k], "nats": [by_k[k - 1]]})}
