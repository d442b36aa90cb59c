"""Charts of the reparameterization lesson: from noise to z, the loss of z, estimates of its gradient. They
are built once, and their data are filled in.
"""

from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import to_vega_lite
from explorer.figures.palette import ACCENT, GREY, MARK, RED, SYMBOLS

MAX_Z = 6.0  # of the axis of z, either way
AXIS_EXTENT = {"minExtent": 30, "maxExtent": 30}  # px: one z stands over the other
ESTIMATORS = {
    "direct": ("sampled directly", GREY),
    "score": ("score function", RED),
    "pathwise": ("z = μ + σ·ε", ACCENT),
}
LOSS_RANGES = {"bowl": (-2.0, 20.0), "ripples": (-1.6, 1.6)}  # of the axis of the loss


@cache
def sample_chart() -> dict:
    """Return the chart of each sample as a line from its eps above to its z below, with mu and mu ± sigma
    marked. To be filled with sample_chart_data().
    """
    samples, marker = (alt.Chart(alt.NamedData(name)) for name in ("samples", "place"))
    x = alt.X(
        "eps:Q",
        scale=alt.Scale(domain=[-MAX_Z, MAX_Z], clamp=True),
        axis=alt.Axis(title=None, labels=False, ticks=False),
    )
    names = alt.Axis(
        values=[0, 1],
        labelExpr="datum.value > 0.5 ? 'ε' : 'z'",
        title=" ",
        grid=False,
        labelFontSize=15,
        **AXIS_EXTENT,
    )
    y = alt.YDatum(1, type="quantitative", scale=alt.Scale(domain=[-0.45, 1.2]), axis=names)
    lines = samples.mark_rule(color=ACCENT, opacity=0.45).encode(x=x, x2="z:Q", y=y, y2=alt.datum(0))
    above = samples.mark_point(filled=True, size=45, color=SYMBOLS["eps"]).encode(x=x, y=y)
    below = samples.mark_point(filled=True, size=45, color=SYMBOLS["z"]).encode(x="z:Q", y=alt.datum(0))
    width = marker.mark_rule(color=SYMBOLS["sigma"], size=5).encode(x="from:Q", x2="to:Q", y=alt.datum(-0.25))
    middle = marker.mark_point(filled=True, size=110, opacity=1, color=SYMBOLS["mu"]).encode(
        x="mu:Q", y=alt.datum(-0.25)
    )
    return to_vega_lite((lines + above + below + width + middle).properties(height=120))


def sample_chart_data(path: dict[str, np.ndarray], mu: float, sigma: float) -> dict[str, pd.DataFrame]:
    """Return the data of sample_chart(); path: eps and z [n]."""
    return {
        "samples": pd.DataFrame({"eps": path["eps"], "z": path["z"]}),
        "place": pd.DataFrame({"from": [mu - sigma], "to": [mu + sigma], "mu": [mu]}),
    }


@cache
def loss_chart(loss: str) -> dict:
    """Return the chart of a loss curve and the samples on it, each with a piece of the tangent there. To be
    filled with curve: z, loss, and loss_chart_data().
    """
    low, high = LOSS_RANGES[loss]
    x = alt.X("z:Q", title="z", scale=alt.Scale(domain=[-MAX_Z, MAX_Z]), axis=alt.Axis(tickCount=13))
    y = alt.Y(
        "loss:Q",
        title="loss f(z)",
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(tickCount=4, **AXIS_EXTENT),
    )
    line, samples = (alt.Chart(alt.NamedData(name)) for name in ("curve", "samples"))
    tangents = samples.mark_rule(color=ACCENT, size=2.5, clip=True).encode(
        x="left:Q", x2="right:Q", y="start:Q", y2="end:Q"
    )
    return to_vega_lite(
        (
            line.mark_line(color=GREY, clip=True).encode(x=x, y=y)
            + tangents
            + samples.mark_point(filled=True, size=45, color=SYMBOLS["z"]).encode(x="z:Q", y="loss:Q")
        ).properties(height=190)
    )


def loss_chart_data(path: dict[str, np.ndarray], loss: str) -> dict[str, pd.DataFrame]:
    """Return the data of loss_chart(); path: z, loss and slope [n]."""
    low, high = LOSS_RANGES[loss]
    table = pd.DataFrame({name: path[name] for name in ("z", "loss", "slope")})
    table = table[(table.loss <= high) & (table.z.abs() <= MAX_Z)]
    # of z: tangents of about equal length on screen
    half_width = 0.35 / np.hypot(1, table.slope * MAX_Z / (high - low))
    return {
        "samples": table.assign(
            left=table.z - half_width,
            right=table.z + half_width,
            start=table.loss - half_width * table.slope,
            end=table.loss + half_width * table.slope,
        )
    }


@cache
def gradient_chart(estimators: tuple[str, ...], parameter: str, reach: float) -> dict:
    """Return the chart of a row of dots for each estimator, and the exact gradient with respect to a
    parameter; the axis ends at ± reach, where dots beyond it are drawn. To be filled with
    gradient_chart_data().
    """
    names, colours = zip(*(ESTIMATORS[estimator] for estimator in estimators))
    x = alt.X(
        "gradient:Q",
        title=f"gradient with respect to {parameter}",
        scale=alt.Scale(domain=[-reach, reach], clamp=True),
        axis=alt.Axis(tickCount=7),
    )
    y = alt.Y(
        "row:Q",
        title=None,
        scale=alt.Scale(domain=[len(estimators) - 0.5, -0.5]),
        axis=alt.Axis(
            values=[*range(len(estimators))], labels=False, grid=False, minExtent=130, maxExtent=130
        ),
    )
    dots, rows, exact = (alt.Chart(alt.NamedData(name)) for name in ("dots", "rows", "exact"))
    return to_vega_lite(
        alt.layer(
            dots.mark_point(filled=True, size=14, opacity=0.55, aria=False).encode(
                x=x, y=y, color=alt.Color("way:N", legend=None, scale=alt.Scale(domain=names, range=colours))
            ),
            rows.mark_text(align="right", dx=-8, limit=125, color=GREY).encode(
                x=alt.value(0), y="row:Q", text="label:N"
            ),
            exact.mark_rule(color=MARK, size=2).encode(x="gradient:Q"),
        ).properties(height=155)
    )


def gradient_chart_data(estimates: dict[str, np.ndarray], exact: float) -> dict[str, pd.DataFrame]:
    """Return the data of gradient_chart(): the estimates [batches] of each estimator, a dot each, with their
    standard deviation.
    """
    # Random heights, so that dots overlap less.
    height = np.random.default_rng(0).uniform(-0.32, 0.32, max(map(len, estimates.values())))
    return {
        "dots": pd.concat(
            [
                pd.DataFrame(
                    {"gradient": values, "way": ESTIMATORS[estimator][0], "row": i + height[: len(values)]}
                )
                for i, (estimator, values) in enumerate(estimates.items())
            ]
        ),
        "rows": pd.DataFrame(
            [
                (i, f"{ESTIMATORS[estimator][0]}   ±{values.std():.2g}")
                for i, (estimator, values) in enumerate(estimates.items())
            ],
            columns=["row", "label"],
        ),
        "exact": pd.DataFrame({"gradient": [exact]}),
    }
