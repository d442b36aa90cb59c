"""Draw a Gaussian q on the true posterior of one image, the terms of log p(x) and of the bound as bars, and
the ascent of the bound. Each chart is built once; its data are filled in.
"""

from collections.abc import Sequence
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import axis_frame, frame_data, to_vega_lite
from explorer.figures.palette import ACCENT, GREY

BLUE, PINK, PURPLE, OLIVE = "#4b87e1", "#d25a96", "#9600b4", "#968700"  # as in the formulas
PLANE_REACH, PLANE_SIZE = 3.6, 305  # of the visible plane: from its middle to its edge, and in px
BLOCK_CELLS = 2  # cells on each side of a block of one shade
MIN_RELATIVE_DENSITY = 1e-3  # of a visible block, to the highest density
EVIDENCE_ROW, LIKELIHOOD_ROW = "log p(x)", "E log p(x|z)"  # rows of the bar chart


@cache
def latent_plane() -> dict:
    """Return the chart of the latent plane, to be filled with latent_plane_data()."""
    x, y = (
        kind(
            f"{name}:Q",
            title=title,
            axis=alt.Axis(grid=False, tickCount=7),
            scale=alt.Scale(domain=[-PLANE_REACH, PLANE_REACH], nice=False),
        )
        for kind, name, title in ((alt.X, "z0", "z₀"), (alt.Y, "z1", "z₁"))
    )
    codes, blocks, encoder, q, path = (
        alt.Chart(alt.NamedData(name)) for name in ("codes", "blocks", "encoder", "q", "way")
    )
    shade = alt.Opacity("share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[0, 1]))
    rings = {"x": x, "y": y, "detail": "size:N", "order": "turn:Q"}
    return to_vega_lite(
        alt.layer(
            codes.mark_text(color=GREY, fontSize=10, opacity=0.7, clip=True, aria=False).encode(
                x=x, y=y, text="digit:N"
            ),
            blocks.mark_rect(color=BLUE, clip=True, aria=False).encode(
                x=x, x2="z0_end", y=y, y2="z1_end", opacity=shade
            ),
            encoder.mark_line(color=GREY, strokeWidth=2.5, strokeDash=[4, 3], clip=True).encode(**rings),
            q.mark_line(color=PINK, strokeWidth=2.5, clip=True).encode(**rings),
            path.mark_line(color=PINK, strokeWidth=1.5, clip=True).encode(x=x, y=y, order="step:Q"),
        ).properties(width=PLANE_SIZE, height=PLANE_SIZE, autosize=alt.AutoSizeParams(type="pad"))
    )


def latent_plane_data(
    axis: np.ndarray,
    posterior: np.ndarray,
    q: Sequence[float],
    encoder: Sequence[float],
    path: Sequence[Sequence[float]],
    mu: np.ndarray,
    y: np.ndarray,
) -> dict[str, pd.DataFrame]:
    """Return the data of latent_plane(): posterior [n, n]: density over the cells of axis [n]; q, encoder:
    mu₀, mu₁, log sigma₀, log sigma₁; path: the values of q up to the present one; mu [m, 2], y [m]: all codes
    and their digits.
    """
    way = pd.DataFrame([point[:2] for point in path], columns=["z0", "z1"])
    return {
        "codes": pd.DataFrame({"z0": mu[:, 0], "z1": mu[:, 1], "digit": y}),
        "blocks": _blocks(axis, posterior),
        "encoder": _rings(encoder, 2),
        "q": _rings(q, 1, 2),
        "way": way.assign(step=range(len(path))),
    }


def _blocks(axis: np.ndarray, posterior: np.ndarray) -> pd.DataFrame:
    n, step = len(axis) // BLOCK_CELLS, axis[1] - axis[0]
    density = posterior.reshape(n, BLOCK_CELLS, n, BLOCK_CELLS).mean((1, 3))
    rows, columns = np.nonzero(density > MIN_RELATIVE_DENSITY * density.max())
    edges = axis[::BLOCK_CELLS] - step / 2
    return pd.DataFrame(
        {
            "z0": edges[rows],
            "z0_end": edges[rows] + BLOCK_CELLS * step,
            "z1": edges[columns],
            "z1_end": edges[columns] + BLOCK_CELLS * step,
            "share": np.sqrt(density[rows, columns] / density.max()),
        }
    )


def _rings(q: Sequence[float], *sizes: int) -> pd.DataFrame:
    angle = np.linspace(0, 2 * np.pi, 61)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "z0": q[0] + size * np.exp(q[2]) * np.cos(angle),
                    "z1": q[1] + size * np.exp(q[3]) * np.sin(angle),
                    "size": size,
                    "turn": angle,
                }
            )
            for size in sizes
        ]
    )


@cache
def bound_bars() -> dict:
    """Return the bars, in nats. Above: the bound and the KL that separates it from log p(x); below: E_q log
    p(x|z) and the KL to the prior. To be filled with bound_bars_data().
    """
    names = {"bound L_b": ACCENT, "KL(q‖p(z|x))": PINK, "KL(q‖p(z))": PURPLE}
    pieces, evidence, end = (alt.Chart(alt.NamedData(name)) for name in ("pieces", "still", "end"))
    rows = alt.Y(
        "row:N",
        title=None,
        sort=[EVIDENCE_ROW, LIKELIHOOD_ROW],
        axis=alt.Axis(labelLimit=120, ticks=False, domain=False),
    )
    bars = pieces.mark_bar(size=20).encode(
        x=alt.X(
            "from:Q", title="nats", axis=alt.Axis(titlePadding=2), scale=alt.Scale(zero=False, nice=False)
        ),
        x2="to",
        y=rows,
        color=alt.Color(
            "part:N",
            title=None,
            sort=list(names),
            legend=alt.Legend(orient="top", labelLimit=160),
            scale=alt.Scale(domain=list(names), range=list(names.values())),
        ),
    )
    return to_vega_lite(
        alt.layer(
            axis_frame(vertical=False),
            bars,
            evidence.mark_rule(color=BLUE, strokeWidth=3).encode(x="to:Q"),
            end.mark_tick(color=OLIVE, thickness=4, size=30).encode(x="to:Q", y=rows),
        ).properties(height=180)
    )


def bound_bars_data(
    log_evidence: float, bound: float, log_likelihood: float, lowest: float
) -> dict[str, pd.DataFrame]:
    """Return the data of bound_bars(). lowest: where the axis begins."""
    highest = _axis_maximum(log_evidence)
    pieces = pd.DataFrame(
        [
            (EVIDENCE_ROW, lowest, bound, "bound L_b"),
            (EVIDENCE_ROW, bound, log_evidence, "KL(q‖p(z|x))"),
            (LIKELIHOOD_ROW, lowest, bound, "bound L_b"),
            (LIKELIHOOD_ROW, bound, log_likelihood, "KL(q‖p(z))"),
        ],
        columns=["row", "from", "to", "part"],
    )
    pieces["to"] = pieces["to"].clip(upper=highest)
    return {
        "pieces": pieces,
        "still": pd.DataFrame({"to": [log_evidence]}),
        "end": pieces[3:],
        "frame": frame_data(lowest, highest),
    }


@cache
def ascent_curve(n: int) -> dict:
    """Return the chart of nats after each of n steps: the bound rises towards log p(x), which is constant;
    the area between them is the KL. To be filled with ascent_curve_data().
    """
    steps, marker = (alt.Chart(alt.NamedData(name)) for name in ("steps", "marker"))
    x = alt.X("step:Q", title="step", axis=alt.Axis(tickCount=10), scale=alt.Scale(domain=[0, n], nice=False))
    y = alt.Y("bound:Q", title="nats", axis=alt.Axis(tickCount=4), scale=alt.Scale(zero=False, nice=False))
    lines = [
        steps.mark_line(color=colour, strokeWidth=2.5).encode(x=x, y=alt.Y(f"{name}:Q", title="nats"))
        for name, colour in (("bound", ACCENT), ("log p(x)", BLUE))
    ]
    return to_vega_lite(
        alt.layer(
            axis_frame(horizontal=False),
            steps.mark_area(color=PINK, opacity=0.35).encode(x=x, y=y, y2="log p(x):Q"),
            *lines,
            marker.mark_point(filled=True, size=120, color=ACCENT, stroke="#000").encode(x=x, y=y),
        ).properties(height=150)
    )


def ascent_curve_data(
    bounds: Sequence[float], log_evidence: float, step: int, lowest: float
) -> dict[str, pd.DataFrame]:
    """Return the data of ascent_curve(): bounds [n + 1], nats, of each step; lowest: where the
    axis begins.
    """
    table = pd.DataFrame({"step": range(len(bounds)), "bound": bounds, "log p(x)": log_evidence})
    return {
        "steps": table,
        "marker": table[step : step + 1],
        "frame": frame_data(low=lowest, high=_axis_maximum(log_evidence)),
    }


def _axis_maximum(log_evidence: float) -> float:
    return np.ceil((log_evidence + 6) / 5) * 5


def equation(whole: str, total: float, first: str, value: float, sign: str, second: str) -> str:
    """Return the LaTeX of total = value ± the rest, rounded so that they add up, each over its name."""
    total, value = round(total, 2), round(value, 2)
    under = [
        rf"\underbrace{{{number:.2f}}}_{{{name}}}"
        for number, name in ((total, whole), (value, first), (abs(total - value), second))
    ]
    return f"{under[0]} = {under[1]} {sign} {under[2]}"
